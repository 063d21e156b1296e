/** The time that goes by in a transport stream, by the programme clock references in it (ISO/IEC 13818-1, 2.4.3.4 and 2.4.3.5). Pure. */

/** 33 bits of 90 kHz; what the 9 bits below them add is less than a hundredth of a millisecond. */
const wrap = 2 ** 33;
const perMs = 90;
/** References come at least ten times in a second: what is further from the one before belongs to another time line. */
const longestMs = 1_000;
/** So many references of other programmes without one of the programme that is followed: it has ended. */
const mostOthers = 100;

export class ProgramClock {
  #pid: number | undefined;
  #last = 0;
  #others = 0;

  /** Takes a packet; undefined unless it has a reference that counts, else the milliseconds since the one before, 0 over a break. */
  take(packet: Uint8Array): number | undefined {
    const [, second = 0, third = 0, fourth = 0, adaptation = 0, flags = 0] = packet;
    if ((fourth & 0x20) === 0 || adaptation < 7 || (flags & 0x10) === 0) return undefined;
    const pid = ((second & 0x1f) << 8) | third;
    if (this.#pid !== undefined && this.#pid !== pid && ++this.#others <= mostOthers) return undefined;
    this.#others = 0;
    const last = this.#last;
    this.#last = baseOf(packet);
    const sinceMs = ((this.#last - last + wrap) % wrap) / perMs;
    const isBroken = this.#pid !== pid || (flags & 0x80) !== 0 || sinceMs > longestMs;
    this.#pid = pid;
    return isBroken ? 0 : sinceMs;
  }

  /** The packets that carry the clock: of most programmes those of the picture. */
  isOfClock(packet: Uint8Array): boolean {
    const [, second = 0, third = 0] = packet;
    return (((second & 0x1f) << 8) | third) === this.#pid;
  }
}

function baseOf(packet: Uint8Array): number {
  const [, , , , , , a = 0, b = 0, c = 0, d = 0, e = 0] = packet;
  return a * 2 ** 25 + b * 2 ** 17 + c * 2 ** 9 + d * 2 + (e >> 7);
}
