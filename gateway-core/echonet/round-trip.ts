/** How long a node may take to answer, learned from its answers (the smoothing of RFC 6298, clauses 2 and 5). */

const unknownMs = 1_000;
const shortestMs = 200;
const longestMs = 4_000;
const quietestMs = 100;
const loudestMs = 300;

export class RoundTrip {
  #smoothedMs: number | undefined;
  #variationMs = 0;

  /** Takes what one answer took, each counted from the very request that it answers (by TID). */
  sample(ms: number): void {
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = ms;
      this.#variationMs = ms / 2;
      return;
    }
    this.#variationMs += (Math.abs(ms - this.#smoothedMs) - this.#variationMs) / 4;
    this.#smoothedMs += (ms - this.#smoothedMs) / 8;
  }

  /** How long to wait for an answer to attempt number `attempt`, from 0: doubled with each. 200 ms to 4 s. */
  timeoutMs(attempt: number): number {
    const firstMs = this.#smoothedMs === undefined ? unknownMs : this.#smoothedMs + 4 * this.#variationMs;
    return Math.min(longestMs, Math.max(shortestMs, firstMs) * 2 ** attempt);
  }

  /** How long to wait for the rest of an answer that came in part: some nodes send one frame for each EPC. */
  restMs(): number {
    return Math.min(loudestMs, Math.max(quietestMs, 2 * (this.#smoothedMs ?? unknownMs)));
  }
}
