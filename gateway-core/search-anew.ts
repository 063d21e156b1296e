/** Looks for devices anew when somebody opens the page: each discovery that is open asks the home, and no more often than a home's small devices bear. */

import type { Session } from "./contract/adapter.ts";
import type { Clock } from "./contract/clock.ts";

const quietMs = 30_000;

export interface SearchAnew {
  /**
   * Asks at once; within half a minute of the last search it is that one. Resolves when that has had its time to find
   * something, which is at once unless `waitMs` says otherwise.
   */
  ask(): Promise<void>;
  /** A discovery is open; returns how to leave. */
  join(session: Pick<Session, "discover">): () => void;
}

export function createSearchAnew(clock: Clock, waitMs = 0): SearchAnew {
  const sessions = new Set<Pick<Session, "discover">>();
  let last = Number.NEGATIVE_INFINITY;
  let awaited = Promise.resolve();
  return {
    ask() {
      if (clock.now() - last < quietMs) return awaited;
      last = clock.now();
      for (const session of sessions) void look(session);
      if (waitMs > 0) awaited = new Promise((resolve) => void clock.after(waitMs, resolve));
      return awaited;
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
