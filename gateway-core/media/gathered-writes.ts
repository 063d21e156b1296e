/** Octets that come in many small pieces, written in fewer larger ones: each write costs both sides more than its octets do. */

import { joinAll } from "../bytes/join-octets.ts";
import type { Clock, Timer } from "../contract/clock.ts";

/** A quarter of a fragment, which nobody sees before it is whole. A bus tells of its packets a hundred times a second and more. */
const gatherMs = 50;
/** The rest of a source that falls silent. */
const tailMs = 60;

export class GatheredWrites {
  readonly #clock: Clock;
  readonly #write: (octets: Uint8Array) => void;
  #parts: Uint8Array[] = [];
  #tail: Timer | undefined;
  #wroteAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, write: (octets: Uint8Array) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** `isUrgent`: with all that waits, at once. */
  push(octets: Uint8Array, isUrgent: boolean): void {
    this.#parts.push(octets);
    if (isUrgent || this.#clock.now() - this.#wroteAt >= gatherMs) this.flush();
    else this.#tail ??= this.#clock.after(tailMs, () => this.flush());
  }

  flush(): void {
    const octets = joinAll(this.#parts);
    this.drop();
    this.#wroteAt = this.#clock.now();
    if (octets.length > 0) this.#write(octets);
  }

  /** Forgets what waits. */
  drop(): void {
    this.#tail?.cancel();
    this.#tail = undefined;
    this.#parts = [];
  }
}
