/** Answers that are waited for, each under a key of its own: until it comes, for so long, or until nobody can give it any more. */

import type { Clock, Timer } from "../contract/clock.ts";

/** Why there is no answer. */
type Ending = "timeout" | "bus-reset" | "cancelled";

interface Wait<T> {
  /** Counts from now; what came before is there at once. */
  within(ms: number): Promise<T | Ending>;
  forget(): void;
}

export interface Waiting<T> {
  /** Begins to wait, before the question is sent: its answer may be there first. */
  wait(key: string, signal: AbortSignal): Wait<T>;
  settle(key: string, answer: T): void;
  /** Ends all that is waited for. */
  giveUp(why: Ending): void;
}

export function createWaiting<T extends object>(clock: Clock): Waiting<T> {
  const waits = new Map<string, (answer: T | Ending) => void>();
  return {
    wait(key, signal) {
      const { promise, resolve } = Promise.withResolvers<T | Ending>();
      let timer: Timer | undefined;
      const onAbort = (): void => resolve("cancelled");
      waits.set(key, resolve);
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      return {
        within(ms) {
          timer = clock.after(ms, () => resolve("timeout"));
          return promise;
        },
        forget() {
          timer?.cancel();
          if (waits.get(key) === resolve) waits.delete(key);
          signal.removeEventListener("abort", onAbort);
        },
      };
    },
    settle: (key, answer) => waits.get(key)?.(answer),
    giveUp(why) {
      for (const end of [...waits.values()]) end(why);
    },
  };
}
