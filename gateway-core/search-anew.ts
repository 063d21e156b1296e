/** Looks for devices anew when somebody opens the page: each discovery that is open asks the home, and no more often than a home's small devices bear. */

import type { Session } from "./contract/adapter.ts";
import type { Clock } from "./contract/clock.ts";

const quietMs = 30_000;

export interface SearchAnew {
  /** Returns at once; within half a minute of the last search it is that one. */
  ask(): void;
  /** A discovery is open; returns how to leave. */
  join(session: Pick<Session, "discover">): () => void;
}

export function createSearchAnew(clock: Pick<Clock, "now">): SearchAnew {
  const sessions = new Set<Pick<Session, "discover">>();
  let last = Number.NEGATIVE_INFINITY;
  return {
    ask() {
      if (clock.now() - last < quietMs) return;
      last = clock.now();
      for (const session of sessions) void look(session);
    },
    join(session) {
      sessions.add(session);
      return () => void sessions.delete(session);
    },
  };
}

/** What is found is told to those who follow the discovery; here only the question matters. */
async function look(session: Pick<Session, "discover">): Promise<void> {
  const asking = new AbortController();
  const looking = (async () => {
    for await (const _ of session.discover({ signal: asking.signal, active: true })) break;
  })();
  asking.abort();
  // A discovery that ends meanwhile has told why by itself.
  await looking.catch(() => undefined);
}
