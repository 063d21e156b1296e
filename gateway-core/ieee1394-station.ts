/** Joins IEEE 1394 to the gateway: its one session, and the station that finds its devices. Without a bus in the settings nothing is opened. */

import type { Host } from "./contract/clock.ts";
import { discoveryPlan } from "./discovery-station.ts";
import { createIeee1394Adapter } from "./ieee1394/ieee1394-adapter.ts";
import type { SearchAnew } from "./search-anew.ts";
import type { Settings } from "./settings.ts";
import { type SharedSession, shareSession } from "./shared-session.ts";
import type { Plan } from "./station.ts";

export interface Ieee1394 {
  readonly session: SharedSession;
  readonly discovery: Plan<never>;
}

export function joinIeee1394({ ieee1394 }: Settings, host: Host, search: SearchAnew): Ieee1394 {
  const adapter = createIeee1394Adapter();
  const session = shareSession(() => adapter.open({ ...ieee1394 }, host, new AbortController().signal));
  const status =
    ieee1394.bus === ""
      ? ({ state: "open", text: "no-bus" } as const)
      : ({ state: "open", text: "open", detail: ieee1394.bus } as const);
  return { session, discovery: discoveryPlan("ieee1394", session, { log: host.log, search }, status) };
}
