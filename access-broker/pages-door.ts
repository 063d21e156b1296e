/** Joins the relay of pages with what is kept of them, and with the sessions that it is kept for. */

import type { AccessNumber } from "../gateway-core/contract/access-number.ts";
import type { Clock } from "../gateway-core/contract/clock.ts";
import { speechFor } from "./internet/words.ts";
import { type CachedRelay, createCachedRelay } from "./pages/cached-relay.ts";
import { createPageCache, type PageCache } from "./pages/page-cache.ts";
import { createPageRelay, type RelayLink, type RelayViewer } from "./pages/page-relay.ts";
import { createSocketRelay, type SocketLink, type SocketRelay } from "./pages/socket-relay.ts";

/** Octets that are kept of homes' pages. */
const limits = { perHome: 4 * 1024 * 1024, overall: 128 * 1024 * 1024 };

export interface PagesDoorOptions {
  readonly clock: Clock;
  readonly find: (number: AccessNumber) => (RelayLink & SocketLink) | undefined;
  /** What a session sees now, from there. */
  readonly sightOf: (session: string, source: string) => Promise<string | undefined>;
}

export interface PagesDoor extends CachedRelay {
  readonly relaySocket: SocketRelay["relay"];
  /** The sessions, each of which takes with it what is kept for it. */
  endingWith<T extends { end(id: string): Promise<void> }>(sessions: T): T;
  readonly cache: Pick<PageCache, "forgetSession" | "forgetPeople" | "octets">;
}

export function createPagesDoor({ clock, find, sightOf }: PagesDoorOptions): PagesDoor {
  const cache = createPageCache(clock, limits);
  const { relay } = createPageRelay(find);
  const isOpen = async ({ session, source, sight }: RelayViewer): Promise<boolean> =>
    (await sightOf(session, source)) === sight;
  const sayAway = (ageMs: number, acceptLanguage: string | null): string => {
    const { language, say } = speechFor(acceptLanguage);
    const minutes = Math.floor(ageMs / 60_000);
    const format = new Intl.RelativeTimeFormat(language);
    return say("staleText", {
      ago: minutes < 60 ? format.format(-minutes, "minute") : format.format(-Math.floor(minutes / 60), "hour"),
    });
  };
  const { relay: relaySocket } = createSocketRelay(clock, find);
  const endingWith: PagesDoor["endingWith"] = (sessions) => ({
    ...sessions,
    async end(id: string) {
      cache.forgetSession(id);
      await sessions.end(id);
    },
  });
  return {
    cache,
    relaySocket,
    endingWith,
    ...createCachedRelay({ relay, cache, now: () => clock.now(), isOpen, sayAway }),
  };
}
