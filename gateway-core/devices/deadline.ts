/** Waits for work at a device no longer than it may take, whatever the adapter does with its signal. */

import type { Call } from "../contract/adapter.ts";
import type { Clock } from "../contract/clock.ts";
import type { HomeError } from "../contract/errors.ts";

export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** What the work fails with when its time is over. */
  readonly late: () => HomeError;
  /** Ends the work before its time, with `closed`. */
  readonly signal: AbortSignal;
  readonly closed: () => HomeError;
}

/** @throws what the work throws, else `late()` after `ms` or `closed()` once the signal aborts; the work's own signal aborts then too. */
export async function withDeadline<T>(deadline: Deadline, work: (call: Call) => Promise<T>): Promise<T> {
  const { clock, ms, late, signal, closed } = deadline;
  const stop = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener("abort", () => reject(stop.signal.reason), { once: true });
  });
  const timer = clock.after(ms, () => stop.abort(late()));
  const onClose = (): void => stop.abort(closed());
  signal.addEventListener("abort", onClose, { once: true });
  try {
    return await Promise.race([work({ signal: stop.signal }), stopped]);
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", onClose);
  }
}
