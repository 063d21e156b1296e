/** Joins the sources of the settings (files, streams of the network) to the gateway: their one session, and the station that tells them. */

import { createAvAdapter } from "./av-sources/av-adapter.ts";
import type { Host } from "./contract/clock.ts";
import type { StationStatus } from "./contract/station.ts";
import { discoveryPlan, type JoinedAdapter, type ShowStatus } from "./discovery-station.ts";
import type { SearchAnew } from "./search-anew.ts";
import type { Settings } from "./settings.ts";
import { shareSession } from "./shared-session.ts";

export function joinAvSources({ media: { sources } }: Settings, host: Host, search: SearchAnew): JoinedAdapter {
  const adapter = createAvAdapter();
  const { protocol } = adapter;
  const config = { sources: sources.map((source) => ({ ...source })) };
  const session = shareSession(() => adapter.open(config, host, new AbortController().signal));
  const asked = { log: host.log, search };
  const showStatus: ShowStatus = (show) => {
    show(statusOf(sources.length));
    return () => undefined;
  };
  return { protocol, session, discovery: discoveryPlan(protocol, session, asked, showStatus) };
}

/** A home without any is as open as one with some. */
const statusOf = (count: number): StationStatus =>
  count === 0 ? { state: "open", text: "no-sources" } : { state: "open", text: "open", detail: String(count) };
