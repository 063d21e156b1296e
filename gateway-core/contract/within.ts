/** Waits for work no longer than it may take, whatever it does with its signal. */

import type { Clock } from "./clock.ts";
import type { HomeError } from "./errors.ts";

export interface Bounds {
  readonly clock: Clock;
  readonly ms: number;
  /** Ends the waiting with the signal's reason. */
  readonly signal: AbortSignal;
  /** What the waiting ends with when the time is over. */
  readonly late: () => HomeError;
}

/**
 * @param tooLate takes what the work gives when nobody waits for it any more
 * @throws what the work throws, at once or later, and what ended the waiting; the work's own signal aborts then
 */
export function within<T>(
  { clock, ms, signal, late }: Bounds,
  work: (signal: AbortSignal) => T | PromiseLike<T>,
  tooLate: (value: T) => void = () => undefined,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const stop = new AbortController();
  let isWaiting = true;
  const settle = (end: () => void): void => {
    if (!isWaiting) return;
    isWaiting = false;
    timer.cancel();
    signal.removeEventListener("abort", onAbort);
    end();
  };
  const giveUp = (reason: unknown): void =>
    settle(() => {
      reject(reason);
      stop.abort(reason);
    });
  const onAbort = (): void => giveUp(signal.reason);
  const timer = clock.after(ms, () => giveUp(late()));
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  else {
    new Promise<T>((done) => done(work(stop.signal))).then(
      (value) => (isWaiting ? settle(() => resolve(value)) : tooLate(value)),
      (thrown) => settle(() => reject(thrown)),
    );
  }
  return promise;
}
