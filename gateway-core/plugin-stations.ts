/** Joins adapters of other packages (docs/adapters.md): judged, put behind a guard, and given a station that finds their devices. */

import { parseDescriptor } from "../device-descriptors/catalogue.ts";
import type { Adapter } from "./contract/adapter.ts";
import type { Host } from "./contract/clock.ts";
import type { Descriptor } from "./contract/descriptor.ts";
import { bestMatch } from "./contract/descriptor-match.ts";
import { HomeError, toHomeError } from "./contract/errors.ts";
import type { Find } from "./devices/descriptor-choice.ts";
import { discoveryPlan, type JoinedAdapter } from "./discovery-station.ts";
import { guardAdapter } from "./plugin-adapters/guard-adapter.ts";
import { choiceOf, parsePlugin, refuseFrom } from "./plugin-adapters/parse-plugin.ts";
import type { SearchAnew } from "./search-anew.ts";
import type { Settings } from "./settings.ts";
import { shareSession } from "./shared-session.ts";

export interface PluginStations {
  /**
   * Takes an adapter, or what should be one, of the package `from`; the same again is no news. `joined` is a protocol that
   * is new. `refusal` is `adapter-refused`: where it is of a protocol that nobody else has, its station says so too.
   */
  join(candidate: unknown, from: string): { readonly joined?: JoinedAdapter; readonly refusal?: HomeError };
  /** Among the descriptors that adapters brought. */
  readonly find: Find;
  /** Nobody waits any more for an adapter that has not opened yet. */
  close(): void;
}

/** One protocol: its adapter, or why there is none. */
interface Place {
  adapter?: Adapter;
  refusal?: HomeError;
}

export function openPluginStations(settings: Settings, host: Host, search: SearchAnew): PluginStations {
  const seen = new Set<unknown>();
  const places = new Map<string, Place>();
  const descriptors: Descriptor[] = [];
  const closing = new AbortController();

  function judge(candidate: unknown, from: string): Adapter | HomeError {
    try {
      const plugin = parsePlugin(candidate, from, parseDescriptor);
      const { protocol } = plugin;
      if (places.get(protocol)?.adapter !== undefined) {
        refuseFrom(from)("duplicate", `there is one for ${protocol} already`, { protocol });
      }
      descriptors.push(...(plugin.descriptors ?? []));
      return guardAdapter(plugin, parseDescriptor);
    } catch (thrown) {
      return toHomeError(thrown);
    }
  }

  function station(protocol: string, place: Place): JoinedAdapter {
    const session = shareSession(async () => {
      if (place.adapter === undefined) throw place.refusal ?? new HomeError("internal", `no adapter for ${protocol}`);
      const config = Object.hasOwn(settings.adapters, protocol) ? settings.adapters[protocol] : undefined;
      return place.adapter.open(config ?? {}, host, closing.signal);
    });
    return { protocol, session, discovery: discoveryPlan(protocol, session, { log: host.log, search }) };
  }

  return {
    join(candidate, from) {
      // Of a package that has none, the package.
      const key = typeof candidate === "object" && candidate !== null ? candidate : from;
      if (seen.has(key)) return {};
      seen.add(key);
      const judged = judge(candidate, from);
      const refusal = judged instanceof HomeError ? { refusal: judged } : {};
      const protocol = judged instanceof HomeError ? choiceOf(candidate)?.protocol : judged.protocol;
      if (protocol === undefined) return refusal;
      const known = places.get(protocol);
      const place: Place = known ?? {};
      places.set(protocol, place);
      if (!(judged instanceof HomeError)) place.adapter = judged;
      else place.refusal = judged;
      return known === undefined ? { ...refusal, joined: station(protocol, place) } : refusal;
    },
    close: () => closing.abort(new HomeError("device-unavailable", "the gateway closes")),
    find(key) {
      const matches = descriptors.map((descriptor) => ({ descriptor, match: bestMatch(descriptor["gk:match"], key) }));
      const best = matches.toSorted((a, b) => b.match - a.match)[0];
      return best === undefined || best.match === 0 ? undefined : best.descriptor;
    },
  };
}
