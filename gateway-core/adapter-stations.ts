/** The adapters of the gateway: of each a station that finds its devices, and its place among the sessions that translation works with. Each fails by itself. */

import { joinAvSources } from "./av-source-station.ts";
import type { Session } from "./contract/adapter.ts";
import type { Host } from "./contract/clock.ts";
import type { Trouble } from "./contract/page.ts";
import type { Station } from "./contract/station.ts";
import type { Find } from "./devices/descriptor-choice.ts";
import type { JoinedAdapter } from "./discovery-station.ts";
import type { WriteRecord } from "./echonet/recording-transport.ts";
import { joinEchonet } from "./echonet-station.ts";
import { joinIeee1394 } from "./ieee1394-station.ts";
import { openPluginStations } from "./plugin-stations.ts";
import type { SearchAnew } from "./search-anew.ts";
import { sessionOnDemand } from "./session-on-demand.ts";
import type { Settings } from "./settings.ts";
import type { Plan } from "./station.ts";

type OpenStation = Station & AsyncDisposable;

export interface AdapterStations extends AsyncDisposable {
  /** Those of the gateway's own; those of other packages are told as they come. */
  readonly stations: readonly Station[];
  /**
   * Takes an adapter of the package `from`; the same again is no news.
   * @throws HomeError `adapter-refused`, once for each
   */
  join(candidate: unknown, from: string): void;
  /** The protocols that have failed; calls the listener with them now and at each change, until the function returned is called. */
  onTroubles(listener: (troubles: readonly Trouble[]) => void): () => void;
  /** What the package knows of a device, and what the adapters of other packages brought. */
  describing(packaged: Find): Find;
  /** Sessions by protocol, until `give`: each opens when it is first used, and those of other packages join as they come. */
  take(): ReadonlyMap<string, Session>;
  give(): Promise<void>;
}

export interface AdapterStationsOptions {
  readonly settings: Settings;
  readonly host: Host;
  readonly search: SearchAnew;
  readonly makeStation: (plan: Plan<never>) => OpenStation;
  /** Called with each station that comes later. */
  readonly onStation: (station: Station) => void;
  /** Takes each ECHONET Lite datagram that this gateway sends and hears. */
  readonly capture: WriteRecord | undefined;
}

export function joinAdapters(options: AdapterStationsOptions): AdapterStations {
  const { settings, host, search, makeStation, onStation, capture } = options;
  // When the time of day is set, no device has fallen silent by that. (A file's age is told by the time of day.)
  const steady = { ...host, clock: host.steadyClock ?? host.clock };
  const plugins = openPluginStations(settings, host, search);
  const troubleListeners = new Set<(troubles: readonly Trouble[]) => void>();
  const all: { readonly adapter: JoinedAdapter; readonly station: OpenStation }[] = [];
  const troubles = (): readonly Trouble[] =>
    all
      .filter(({ station }) => station.status.state === "failed")
      .map(({ adapter, station }) => ({ protocol: adapter.protocol, code: station.status.text }));
  function add(adapter: JoinedAdapter): Station {
    const station = makeStation(adapter.discovery);
    all.push({ adapter, station });
    station.onStatus(() => {
      for (const listener of troubleListeners) listener(troubles());
    });
    return station;
  }
  const stations = [
    joinEchonet(settings, steady, search, capture),
    joinIeee1394(settings, steady, search),
    joinAvSources(settings, host, search),
  ].map(add);
  /** What translation works with now. */
  let sessions: Map<string, Session> | undefined;

  const include = ({ protocol, session }: JoinedAdapter): void =>
    void sessions?.set(protocol, sessionOnDemand(protocol, session));

  return {
    stations,
    join(candidate, from) {
      const { joined, refusal } = plugins.join(candidate, from);
      if (joined !== undefined) {
        include(joined);
        onStation(add(joined));
      }
      if (refusal !== undefined) throw refusal;
    },
    onTroubles(listener) {
      troubleListeners.add(listener);
      listener(troubles());
      return () => void troubleListeners.delete(listener);
    },
    describing: (packaged) => (key) => packaged(key) ?? plugins.find(key),
    take() {
      const taken = new Map<string, Session>();
      sessions = taken;
      for (const { adapter } of all) include(adapter);
      return taken;
    },
    async give() {
      const given = [...(sessions?.values() ?? [])];
      sessions = undefined;
      await Promise.all(given.map((session) => session[Symbol.asyncDispose]()));
    },
    async [Symbol.asyncDispose]() {
      plugins.close();
      for (const { station } of all.toReversed()) await station[Symbol.asyncDispose]();
    },
  };
}
