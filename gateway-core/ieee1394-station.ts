/** Joins IEEE 1394 to the gateway: its one session, and the station that finds its devices and says why there is no bus. */

import type { Host } from "./contract/clock.ts";
import type { StationStatus } from "./contract/station.ts";
import { discoveryPlan, type JoinedAdapter, type ShowStatus } from "./discovery-station.ts";
import type { BusTrouble } from "./ieee1394/bus.ts";
import { createIeee1394Adapter } from "./ieee1394/ieee1394-adapter.ts";
import { deviceFiles } from "./ieee1394/linux/start-card.ts";
import { type OpenBus, openNamedBus } from "./ieee1394/open-bus.ts";
import type { SearchAnew } from "./search-anew.ts";
import type { Settings } from "./settings.ts";
import { shareSession } from "./shared-session.ts";

export function joinIeee1394(
  { ieee1394 }: Settings,
  host: Host,
  search: SearchAnew,
  openBus: OpenBus = openNamedBus,
): JoinedAdapter {
  let trouble: BusTrouble | undefined;
  let shown: string | undefined;
  let show: (status: StationStatus) => void = () => undefined;
  /** Another card, a file that may be opened now; the same again is no news. */
  const look = (): void => {
    const status = statusOf(ieee1394.bus, trouble);
    if (shown !== JSON.stringify(status)) show(status);
    shown = JSON.stringify(status);
  };
  const adapter = createIeee1394Adapter((name, of) =>
    openBus(name, of, (told) => {
      trouble = told;
      look();
    }),
  );
  const session = shareSession(() => adapter.open({ ...ieee1394 }, host, new AbortController().signal));
  const showStatus: ShowStatus = (to) => {
    [show, shown] = [to, undefined];
    look();
    return () => {
      show = () => undefined;
    };
  };
  const { protocol } = adapter;
  return { protocol, session, discovery: discoveryPlan(protocol, session, { log: host.log, search }, showStatus) };
}

/** A machine without a card looks for one to come, and what may not be opened now may be later. */
function statusOf(bus: string, trouble: BusTrouble | undefined): StationStatus {
  if (trouble !== undefined) return { state: "failed", text: trouble.reason, detail: trouble.detail };
  if (bus === "none") return { state: "open", text: "no-bus" };
  const [first] = deviceFiles();
  const detail = bus === "" && first !== undefined ? `/dev/${first}` : bus;
  return detail === "" ? { state: "open", text: "no-card" } : { state: "open", text: "open", detail };
}
