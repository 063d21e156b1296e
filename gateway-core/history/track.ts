/** Follows one number of one device and gathers what is known of it until that is written. Ports of measured-track.ts and total-track.ts. */

import { join, type Spans } from "./span.ts";

/** Not yet written. */
export interface Gathered {
  /** Empty of a total. */
  readonly minutes: Spans;
  readonly hours: Spans;
}

/** What was known of a counter last, over a restart. */
export interface Reading {
  readonly value: number;
  /** Since when it shows that. */
  readonly changedAt: number;
  /** When it was known to show it still. */
  readonly seenAt: number;
}

export interface Track {
  readonly kind: "measured" | "total";
  /** Another value, or none that is known. A moment before the last one is told by another clock. */
  tell(value: number | undefined, at: number): void;
  /** Whether the device answers, from now on. */
  setAvailable(isAvailable: boolean, at: number): void;
  /** Nothing has changed until now. */
  reach(now: number): void;
  readonly gathered: Gathered;
  /** Takes out what is to be written now; `isLast`: nothing will be gathered any more. */
  take(now: number, isLast: boolean): Gathered;
  readonly reading: Reading | undefined;
}

/** What could not be written is gathered again, as far as it is not older than `since`. */
export function giveBack({ gathered }: Track, taken: Gathered, since: number): void {
  for (const level of ["minutes", "hours"] as const) {
    for (const [at, span] of taken[level]) {
      if (at >= since) gathered[level].set(at, join(gathered[level].get(at), span));
    }
  }
}

export function takeAll(spans: Spans): Spans {
  const taken = new Map(spans);
  spans.clear();
  return taken;
}
