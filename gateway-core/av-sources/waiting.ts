/** Waiting for a source no longer than it is worth. */

import type { Clock } from "../contract/clock.ts";

/** Settles as the promise does, or rejects with `late()` after so many milliseconds. */
export async function within<T>(clock: Clock, ms: number, promise: Promise<T>, late: () => unknown): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  over.catch(() => undefined);
  const timer = clock.after(ms, () => reject(late()));
  try {
    return await Promise.race([promise, over]);
  } finally {
    timer.cancel();
  }
}

/** Settles as the promise does, or rejects with the signal's reason when that is aborted first. */
export async function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  // Whatever becomes of it when it is waited for no more.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  const { promise: over, reject } = Promise.withResolvers<never>();
  over.catch(() => undefined);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, over]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
