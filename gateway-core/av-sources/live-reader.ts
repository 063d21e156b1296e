/**
 * What one reader of a live source has yet to take. A live source does not wait: who is further behind than there is room
 * for loses what waits, and goes on where a decoder can begin.
 */

import type { Clock } from "../contract/clock.ts";
import type { Cut } from "./cutter.ts";
import { ReaderLosses } from "./reader-losses.ts";

/** Some seconds of what any source sends. */
const mostOctets = 8 << 20;

export class LiveReader {
  /** What it does not get, as it is too slow or as the source does not send it. */
  readonly losses: ReaderLosses;
  readonly #most: number;
  #waiting: Uint8Array[] = [];
  #octets = 0;
  #isSkipping = false;
  #skipped = 0;
  #isOver = false;
  #trouble: unknown;
  #wake = (): void => undefined;

  constructor(clock: Pick<Clock, "now">, most: number = mostOctets) {
    this.losses = new ReaderLosses(clock);
    this.#most = most;
  }

  put({ octets, isJoin }: Cut): void {
    if (this.#isOver) return;
    if (this.#octets + octets.length > this.#most) {
      this.losses.dropped(this.#octets);
      [this.#waiting, this.#octets, this.#isSkipping, this.#skipped] = [[], 0, true, 0];
    }
    // A stream that never says where a decoder can begin is gone on with anywhere.
    if (this.#isSkipping && !isJoin && this.#skipped + octets.length <= this.#most) {
      this.#skipped += octets.length;
      this.losses.dropped(octets.length);
      return;
    }
    if (this.#isSkipping) this.losses.goesOn();
    this.#isSkipping = false;
    this.#waiting.push(octets);
    this.#octets += octets.length;
    this.#wake();
  }

  /** Nothing comes any more; what waits is still read, and then why it has ended. */
  end(trouble?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#trouble = trouble;
    this.#wake();
  }

  /** Who has left reads what came before that, and is told nothing. */
  leave(): void {
    this.end();
    this.#trouble = undefined;
  }

  async *octets(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        this.#octets -= next.length;
        this.losses.got(next.length);
        yield next;
      } else if (this.#isOver) {
        if (this.#trouble !== undefined) throw this.#trouble;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
