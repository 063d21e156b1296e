/** Repeats by the clock that is handed in. */

import type { Clock, Timer } from "../gateway-core/contract/clock.ts";

/** Runs the action each `intervalMs`, first after one interval, until the signal aborts. */
export function every(clock: Clock, intervalMs: number, signal: AbortSignal, action: () => void): void {
  let timer: Timer = clock.after(intervalMs, run);
  function run(): void {
    timer = clock.after(intervalMs, run);
    action();
  }
  signal.addEventListener("abort", () => timer.cancel(), { once: true });
}
