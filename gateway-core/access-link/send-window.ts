/**
 * How much of a stream may be under way on the uplink: as much as it carries without making whoever else uses the line
 * wait. Told by what the other end has taken, as the congestion control of RFC 6817 (LEDBAT) is by delays. Pure.
 */

import { HomeError } from "../contract/errors.ts";
import { DrainRate } from "./drain-rate.ts";

/** Of a stream: enough to hold its own beside others who fill the line and its queue. */
const leastOctets = 16 * 1024;
/** Of a stream, whose rate is that of its rung; a line that carries more has room for more at once. */
const mostOctets = 256 * 1024;
const firstOctets = 32 * 1024;
/** Beyond what an empty line takes: below the first it may be more, above the second it must be less. */
const [shortQueueMs, longQueueMs] = [50, 150];
const shrink = 0.75;

interface WindowLimits {
  readonly least?: number;
  readonly first?: number;
  readonly most?: number;
}

export class SendWindow {
  readonly #least: number;
  readonly #most: number;
  readonly #drain = new DrainRate();
  #octets: number;
  #sent = 0;
  #taken = 0;
  /** Where the last part ends that was taken whole. */
  #wholeUntil = 0;
  #emptyLineMs = Number.POSITIVE_INFINITY;
  #wasFull = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  #mayShrinkAt = Number.NEGATIVE_INFINITY;
  /** When each part was sent. */
  #underWay: { readonly end: number; readonly at: number }[] = [];

  /** Octets that it never shrinks below, begins with, and never grows beyond. */
  constructor({ least = leastOctets, first = firstOctets, most = mostOctets }: WindowLimits = {}) {
    this.#least = least;
    this.#octets = first;
    this.#most = most;
  }

  /** Octets that may be sent now. */
  get free(): number {
    return Math.max(0, this.#octets - (this.#sent - this.#taken));
  }

  get octets(): number {
    return this.#octets;
  }

  /** What was taken, and how fast. */
  get drain(): DrainRate {
    return this.#drain;
  }

  /** The way there and back was seen to take so long with nothing of this under way. */
  sawEmpty(ms: number): void {
    this.#emptyLineMs = Math.min(this.#emptyLineMs, ms);
  }

  sent(octets: number, now: number): void {
    if (now < this.#sentAt) this.#mayShrinkAt = now;
    this.#sentAt = now;
    this.#sent += octets;
    this.#underWay.push({ end: this.#sent, at: now });
    if (this.free === 0) this.#wasFull = true;
  }

  /**
   * `total`: octets that the other end has taken in all; `askedAt`: when that was asked for, where it is not told by itself.
   * @throws HomeError `link-message-invalid` for what was never sent
   */
  taken(total: number, now: number, askedAt?: number): void {
    if (total < this.#taken || total > this.#sent) {
      throw new HomeError("link-message-invalid", `${total} octets are said to be taken of ${this.#sent}`);
    }
    this.#taken = total;
    const whole = this.#underWay.findLastIndex(({ end }) => end <= total);
    const parts = this.#underWay.splice(0, whole + 1);
    const [first, last] = [parts[0], parts.at(-1)];
    if (first === undefined || last === undefined) return;
    const octets = last.end - this.#wholeUntil;
    this.#wholeUntil = last.end;
    const delayMs = now - (askedAt ?? last.at);
    // The clock was set back: nothing is told by this.
    if (delayMs < 0) return;
    this.#emptyLineMs = Math.min(this.#emptyLineMs, delayMs);
    this.#drain.taken({ octets, sentAt: first.at, now, emptyLineMs: this.#emptyLineMs });
    const queueMs = delayMs - this.#emptyLineMs;
    if (queueMs > longQueueMs && now >= this.#mayShrinkAt) {
      this.#octets = Math.max(this.#least, Math.floor(this.#octets * shrink));
      // What is under way was sent by the window before.
      this.#mayShrinkAt = now + delayMs;
    } else if (queueMs < shortQueueMs && this.#wasFull) this.#octets = Math.min(this.#most, this.#octets + octets);
    this.#wasFull = this.free === 0;
  }
}
