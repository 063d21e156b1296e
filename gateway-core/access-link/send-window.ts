/**
 * How much of a stream may be under way on the uplink: as much as it carries without making whoever else uses the line
 * wait. Told by what the other end has taken, as the congestion control of RFC 6817 (LEDBAT) is by delays. Pure.
 */

import { HomeError } from "../contract/errors.ts";

const leastOctets = 16 * 1024;
/** Of a stream, whose rate is that of its rung; a line that carries more has room for more at once. */
const mostOctets = 256 * 1024;
const firstOctets = 32 * 1024;
/** Beyond what an empty line takes: below the first it may be more, above the second it must be less. */
const [shortQueueMs, longQueueMs] = [50, 150];
const shrink = 0.75;

export class SendWindow {
  readonly #most: number;
  #octets = firstOctets;
  #sent = 0;
  #taken = 0;
  #emptyLineMs = Number.POSITIVE_INFINITY;
  #wasFull = false;
  #mayShrinkAt = 0;
  /** When each part was sent. */
  #underWay: { readonly end: number; readonly at: number }[] = [];

  /** `most`: octets that it never grows beyond. */
  constructor(most: number = mostOctets) {
    this.#most = most;
  }

  /** Octets that may be sent now. */
  get free(): number {
    return Math.max(0, this.#octets - (this.#sent - this.#taken));
  }

  get octets(): number {
    return this.#octets;
  }

  sent(octets: number, now: number): void {
    this.#sent += octets;
    this.#underWay.push({ end: this.#sent, at: now });
    if (this.free === 0) this.#wasFull = true;
  }

  /** `total`: octets that the other end has taken in all. @throws HomeError `link-message-invalid` for what was never sent */
  taken(total: number, now: number): void {
    if (total < this.#taken || total > this.#sent) {
      throw new HomeError("link-message-invalid", `${total} octets are said to be taken of ${this.#sent}`);
    }
    const news = total - this.#taken;
    this.#taken = total;
    const whole = this.#underWay.findLastIndex(({ end }) => end <= total);
    const [last] = this.#underWay.splice(0, whole + 1).slice(-1);
    if (last === undefined) return;
    const delayMs = now - last.at;
    this.#emptyLineMs = Math.min(this.#emptyLineMs, delayMs);
    const queueMs = delayMs - this.#emptyLineMs;
    if (queueMs > longQueueMs && now >= this.#mayShrinkAt) {
      this.#octets = Math.max(leastOctets, Math.floor(this.#octets * shrink));
      // What is under way was sent by the window before.
      this.#mayShrinkAt = now + delayMs;
    } else if (queueMs < shortQueueMs && this.#wasFull) this.#octets = Math.min(this.#most, this.#octets + news);
    this.#wasFull = this.free === 0;
  }
}
