/** Joins IEEE 1394 to the gateway: its one session, and the station that finds its devices. */

import type { Host } from "./contract/clock.ts";
import type { StationStatus } from "./contract/station.ts";
import { discoveryPlan, type JoinedAdapter } from "./discovery-station.ts";
import { createIeee1394Adapter } from "./ieee1394/ieee1394-adapter.ts";
import { deviceFiles } from "./ieee1394/linux/start-card.ts";
import type { SearchAnew } from "./search-anew.ts";
import type { Settings } from "./settings.ts";
import { shareSession } from "./shared-session.ts";

export function joinIeee1394({ ieee1394 }: Settings, host: Host, search: SearchAnew): JoinedAdapter {
  const adapter = createIeee1394Adapter();
  const session = shareSession(() => adapter.open({ ...ieee1394 }, host, new AbortController().signal));
  const { protocol } = adapter;
  const asked = { log: host.log, search };
  return { protocol, session, discovery: discoveryPlan(protocol, session, asked, statusOf(ieee1394.bus)) };
}

/** A machine without a card looks for one to come. */
function statusOf(bus: string): StationStatus {
  if (bus === "none") return { state: "open", text: "no-bus" };
  const [first] = deviceFiles();
  const detail = bus === "" && first !== undefined ? `/dev/${first}` : bus;
  return detail === "" ? { state: "open", text: "no-card" } : { state: "open", text: "open", detail };
}
