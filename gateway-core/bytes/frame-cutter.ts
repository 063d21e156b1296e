/** Cuts octets as they come into whole frames of DV (IEC 61834-2), and finds the next one after noise. Pure. */

import { joinOctets } from "./join-octets.ts";

/** Octets of a DIF sequence: 150 blocks of 80. */
const sequenceOctets = 12_000;
const headOctets = 4;

/** Of 625 lines, or of 525: DSF, the first bit behind the id of a frame's header block. */
export const isOf625 = (frame: Uint8Array): boolean => ((frame[3] ?? 0) & 0x80) !== 0;

export class FrameCutter {
  #rest: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #octetsLost = 0;

  /** Octets thrown away because they belong to no whole frame. */
  get octetsLost(): number {
    return this.#octetsLost;
  }

  /** The frames that are whole now; a view of `octets` where nothing of it came before. */
  push(octets: Uint8Array): Uint8Array[] {
    const all = this.#rest.length === 0 ? octets : joinOctets(this.#rest, octets);
    const frames: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      const start = beginningAfter(all, at);
      this.#octetsLost += start - at;
      at = start;
      if (all.length - at < headOctets) break;
      const end = at + (isOf625(all.subarray(at)) ? 12 : 10) * sequenceOctets;
      if (end > all.length) break;
      const frame = all.subarray(at, end);
      if (isWhole(frame)) {
        frames.push(frame);
        at = end;
      } else {
        at++;
        this.#octetsLost++;
      }
    }
    this.#rest = all.slice(at);
    return frames;
  }
}

/** Where a frame may begin, from a place on; the last octets are kept where they may be the beginning of its header. */
function beginningAfter(octets: Uint8Array, from: number): number {
  let at = octets.indexOf(0x1f, from);
  while (at >= 0 && at + 3 <= octets.length && !(octets[at + 1] === 0x07 && octets[at + 2] === 0)) {
    at = octets.indexOf(0x1f, at + 1);
  }
  return at < 0 ? octets.length : at;
}

/**
 * A frame of which a part is gone has the next one's blocks where its sequences should begin: each has its header there
 * (section 0, number of the sequence, block 0), or zeroes where a bus has lost it.
 */
function isWhole(frame: Uint8Array): boolean {
  for (let at = sequenceOctets; at < frame.length; at += sequenceOctets) {
    const [section = 0, number = 0, block = 0] = [frame[at], frame[at + 1], frame[at + 2]];
    const isHeader = section >> 5 === 0 && number >> 4 === at / sequenceOctets && block === 0;
    if (!isHeader && (section | number | block) !== 0) return false;
  }
  return true;
}
