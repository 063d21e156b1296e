/** Joins ECHONET Lite to the gateway: its one session, and the station that finds its devices. */

import type { Host } from "./contract/clock.ts";
import { discoveryPlan, type JoinedAdapter } from "./discovery-station.ts";
import { createEchonetAdapter } from "./echonet/echonet-adapter.ts";
import { recordedTransport, type WriteRecord } from "./echonet/recording-transport.ts";
import { openUdpTransport } from "./echonet/udp-transport.ts";
import type { SearchAnew } from "./search-anew.ts";
import type { Settings } from "./settings.ts";
import { shareSession } from "./shared-session.ts";

/** @param capture takes each datagram that is sent and heard */
export function joinEchonet({ home }: Settings, host: Host, search: SearchAnew, capture?: WriteRecord): JoinedAdapter {
  const transport = capture === undefined ? openUdpTransport : recordedTransport(openUdpTransport, host.clock, capture);
  const adapter = createEchonetAdapter(transport);
  const session = shareSession(() => adapter.open({ ...home }, host, new AbortController().signal));
  const { protocol } = adapter;
  return { protocol, session, discovery: discoveryPlan(protocol, session, { log: host.log, search }) };
}
