/** What becomes of a stream that cannot be had: whether it is tried again, and what is said meanwhile. Pure. */

import type { Problem } from "./stream-client.ts";

/** `isOver`: nothing is tried any more. `isTold`: why is said while it is. */
export interface Course {
  readonly isOver: boolean;
  readonly isTold: boolean;
}

/** Problems that pass, or that a new session heals. */
const passing = ["device-silent", "home-away", "not-found", "internal", "other"];
/** And so do these, soon after the home was away: a gateway that comes back has yet to find its devices. */
const passingSoon = ["unknown-device", "device-unavailable"];
const soonMs = 60_000;

export class StreamTroubles {
  #awayAt = Number.NEGATIVE_INFINITY;

  /** `now` in milliseconds. */
  courseOf({ code }: Problem, now: number): Course {
    if (code === "home-away") this.#awayAt = now;
    const isSoon = passingSoon.includes(code) && now - this.#awayAt < soonMs;
    return { isOver: !passing.includes(code) && !isSoon, isTold: isSoon || code === "home-away" };
  }
}
