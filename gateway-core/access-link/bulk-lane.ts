/**
 * Long answers on their way up the data link, such as a recording that is being saved: all of one link together take what
 * the streams leave of the home's uplink, and have no more under way than it carries without a command having to wait.
 */

import { type Clock, sleep } from "../contract/clock.ts";
import { SendWindow } from "./send-window.ts";

/** Octets written at once: what is under way goes no further beyond the window than this. */
const sliceOctets = 4 * 1024;
/** As much as the data link's own window holds at most (docs/access-link.md): 200 MB/s from 40 ms away. */
const mostUnderWay = 8 * 1024 * 1024;

export interface BulkLaneOptions {
  readonly clock: Clock;
  /** What streams leave of the uplink now; unbounded where nobody has said what it carries and none of them has to wait. */
  readonly leftKbps: () => number;
  /** Resolves when the other end has taken all that was written before, or the link is gone. */
  readonly probe: () => Promise<void>;
}

export class BulkLane {
  readonly #options: BulkLaneOptions;
  /** A file needs no rate of its own: where the line is narrow, two pieces are under way. */
  readonly #window = new SendWindow({ least: 2 * sliceOctets, first: 2 * sliceOctets, most: mostUnderWay });
  #sent = 0;
  #isProbing = false;
  #waiting: (() => void)[] = [];
  /** Until when what was sent fills the rate, in milliseconds. */
  #filledUntil = 0;
  #turnAt = 0;

  constructor(options: BulkLaneOptions) {
    this.#options = options;
    const { clock, probe } = options;
    const askedAt = clock.now();
    // The sooner the better: what the way takes by itself is not seen any more where others fill it.
    void probe().then(() => this.#window.sawEmpty(clock.now() - askedAt));
  }

  /** Resolves when all is written. `write` resolves when more may be written; `isOver` ends it early. */
  async send(octets: Uint8Array, write: (slice: Uint8Array) => Promise<void>, isOver: () => boolean): Promise<void> {
    for (let at = 0; at < octets.length && !isOver(); at += sliceOctets) {
      const slice = octets.subarray(at, at + sliceOctets);
      await this.#turn(slice.length);
      if (isOver()) return;
      await write(slice);
      this.#probe();
    }
  }

  async #turn(octets: number): Promise<void> {
    const { clock, leftKbps } = this.#options;
    const now = clock.now();
    // Of a clock that was set back nobody waits for what it showed.
    if (now < this.#turnAt) this.#filledUntil = now;
    this.#turnAt = now;
    const from = Math.max(now, this.#filledUntil);
    this.#filledUntil = from + (octets * 8) / leftKbps();
    if (from > now) await sleep(clock, from - now);
    while (this.#window.free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#sent += octets;
    this.#window.sent(octets, clock.now());
  }

  #probe(): void {
    if (this.#isProbing) return;
    this.#isProbing = true;
    const [sent, askedAt] = [this.#sent, this.#options.clock.now()];
    void this.#options.probe().then(() => {
      this.#isProbing = false;
      this.#window.taken(sent, this.#options.clock.now(), askedAt);
      for (const go of this.#waiting.splice(0)) go();
      if (this.#sent > sent) this.#probe();
    });
  }
}
