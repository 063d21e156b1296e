/** One session of an adapter for all stations that need it: opened by the first that takes it, disposed of by the last. */

import type { Session } from "./contract/adapter.ts";

export interface SharedSession {
  take(): Promise<Session>;
  give(): Promise<void>;
}

export function shareSession(open: (signal: AbortSignal) => Promise<Session>): SharedSession {
  let users = 0;
  let session: Promise<Session> | undefined;
  let leaving = new AbortController();
  return {
    async take() {
      users++;
      if (session === undefined) {
        leaving = new AbortController();
        session = open(leaving.signal);
      }
      try {
        return await session;
      } catch (thrown) {
        users--;
        session = undefined;
        throw thrown;
      }
    },
    async give() {
      if (--users > 0) return;
      const ending = await session;
      session = undefined;
      leaving.abort();
      await ending?.[Symbol.asyncDispose]();
    },
  };
}
