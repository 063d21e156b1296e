/** The adapters of the gateway: of each a station that finds its devices, and its place among the sessions that translation works with. */

import { joinAvSources } from "./av-source-station.ts";
import type { Session } from "./contract/adapter.ts";
import type { Host } from "./contract/clock.ts";
import type { Station } from "./contract/station.ts";
import type { WriteRecord } from "./echonet/recording-transport.ts";
import { joinEchonet } from "./echonet-station.ts";
import { joinIeee1394 } from "./ieee1394-station.ts";
import type { SearchAnew } from "./search-anew.ts";
import type { Settings } from "./settings.ts";
import type { Plan } from "./station.ts";

export interface AdapterStations {
  readonly stations: readonly (Station & AsyncDisposable)[];
  /** Sessions by protocol, open until `give`. @throws what opening one of them throws; then none is held. */
  take(): Promise<ReadonlyMap<string, Session>>;
  give(): Promise<void>;
}

export interface AdapterStationsOptions {
  readonly settings: Settings;
  readonly host: Host;
  readonly search: SearchAnew;
  readonly makeStation: (plan: Plan<never>) => Station & AsyncDisposable;
  /** Takes each ECHONET Lite datagram that this gateway sends and hears. */
  readonly capture: WriteRecord | undefined;
}

export function joinAdapters({
  settings,
  host,
  search,
  makeStation,
  capture,
}: AdapterStationsOptions): AdapterStations {
  const joined = [
    joinEchonet(settings, host, search, capture),
    joinIeee1394(settings, host, search),
    joinAvSources(settings, host, search),
  ];
  const give = async (taken: typeof joined): Promise<void> => {
    await Promise.all(taken.map(({ session }) => session.give()));
  };
  return {
    stations: joined.map(({ discovery }) => makeStation(discovery)),
    async take() {
      const sessions = new Map<string, Session>();
      try {
        for (const { protocol, session } of joined) sessions.set(protocol, await session.take());
      } catch (thrown) {
        await give(joined.filter(({ protocol }) => sessions.has(protocol)));
        throw thrown;
      }
      return sessions;
    },
    give: () => give(joined),
  };
}
