/** One session of an adapter for all stations that need it: opened by the first that takes it, disposed of by the last. */

import type { Session } from "./contract/adapter.ts";

export interface SharedSession {
  /** @throws what opening throws; whoever takes it next opens anew. */
  take(): Promise<Session>;
  give(): Promise<void>;
}

/** A session is opened only once the one before it has let go of its sockets. */
export function shareSession(open: () => Promise<Session>): SharedSession {
  let users = 0;
  let session: Promise<Session> | undefined;
  let ended: Promise<void> = Promise.resolve();
  return {
    async take() {
      users++;
      session ??= ended.catch(() => undefined).then(open);
      const taken = session;
      try {
        return await taken;
      } catch (thrown) {
        users--;
        if (session === taken) session = undefined;
        throw thrown;
      }
    },
    async give() {
      if (--users > 0 || session === undefined) return;
      ended = session.then((ending) => ending[Symbol.asyncDispose]());
      session = undefined;
      await ended;
    },
  };
}
