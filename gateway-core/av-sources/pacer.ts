/** Lets a stream go on no faster than its own clock does: what comes too soon waits. Pure: time is handed in. */

export interface PacerOptions {
  /** How far a stream may be ahead: what an encoder and a viewer begin with at once. */
  readonly leadMs: number;
  /** How much faster than ours the stream's clock may be. */
  readonly rate?: number;
}

/** No stream of a home has more in a millisecond (200 Mbit/s): where a clock stands still, this goes on. */
const mostPerMs = 25_000;

export class Pacer {
  readonly #leadMs: number;
  readonly #rate: number;
  /** When the beginning of the stream was, or would have been, had it never stood still since. */
  #begunAt: number | undefined;
  #streamMs = 0;
  #octets = 0;

  constructor({ leadMs, rate = 1 }: PacerOptions) {
    this.#leadMs = leadMs;
    this.#rate = rate;
  }

  /** How long the next piece has to wait at `now`: it lies `sinceMs` after the one before. A stream that was held up is not behind: it is later. */
  waitMs(now: number, sinceMs: number, octets: number): number {
    this.#streamMs += sinceMs;
    const at = Math.max(this.#streamMs, this.#octets / mostPerMs) / this.#rate;
    this.#octets += octets;
    if (this.#begunAt === undefined || now > this.#begunAt + at) this.#begunAt = now - at;
    return Math.max(0, this.#begunAt + at - this.#leadMs - now);
  }
}
