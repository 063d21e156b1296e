/** How long a node may take to answer, learned from its answers (the smoothing of RFC 6298, clauses 2 and 5). */

import type { Pace } from "./transport.ts";

const shortestMs = 200;
const soonestMs = 25;
/** Of the time of one answer: how long the rest of it may let wait, at least and at most. */
const rest = { shortestMs: 100, longest: 0.3 };

export class RoundTrip {
  readonly #pace: Pace;
  #smoothedMs: number | undefined;
  #variationMs = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Takes what one answer took, each counted from the very request that it answers (by TID). */
  sample(ms: number): void {
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = ms;
      this.#variationMs = ms / 2;
      return;
    }
    const deviationMs = Math.abs(ms - this.#smoothedMs);
    // By the bare rule, the first quick answer after a slow spell, such as a start is, would make the next wait longer.
    const isEarly = ms < this.#smoothedMs && deviationMs > this.#variationMs;
    if (!isEarly) this.#variationMs += (deviationMs - this.#variationMs) / 4;
    this.#smoothedMs += (ms - this.#smoothedMs) / 8;
  }

  /** Within this time an answer comes, if nothing is lost. */
  usualMs(): number {
    if (this.#smoothedMs === undefined) return this.#pace.firstAnswerMs;
    return Math.max(soonestMs, this.#smoothedMs + 4 * this.#variationMs);
  }

  /** How long to wait for an answer to attempt number `attempt`, from 0: doubled with each; 200 ms at least. */
  timeoutMs(attempt: number): number {
    return Math.min(this.#pace.longestAnswerMs, Math.max(shortestMs, this.usualMs()) * 2 ** attempt);
  }

  /** How long to wait for the rest of an answer that came in part: some nodes send one frame for each EPC. */
  restMs(): number {
    const { firstAnswerMs } = this.#pace;
    const usualMs = 2 * (this.#smoothedMs ?? firstAnswerMs);
    return Math.min(rest.longest * firstAnswerMs, Math.max(rest.shortestMs, usualMs));
  }
}
