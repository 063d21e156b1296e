/** Ends what has been silent for too long, or has lasted for too long. */

import type { Clock } from "../../gateway-core/contract/clock.ts";

export interface TimeLimit {
  /** Something went through. */
  touch(): void;
  stop(): void;
}

export interface TimeLimits {
  readonly idleMs: number;
  readonly longestMs: number;
}

/** `end` is called once at most. */
export function createTimeLimit(clock: Clock, { idleMs, longestMs }: TimeLimits, end: () => void): TimeLimit {
  let touchedAt = clock.now();
  const stop = (): void => {
    idle.cancel();
    whole.cancel();
  };
  const expire = (): void => {
    stop();
    end();
  };
  const look = (): void => {
    const left = touchedAt + idleMs - clock.now();
    if (left <= 0) expire();
    else idle = clock.after(left, look);
  };
  let idle = clock.after(idleMs, look);
  const whole = clock.after(longestMs, expire);
  return {
    touch() {
      touchedAt = clock.now();
    },
    stop,
  };
}
