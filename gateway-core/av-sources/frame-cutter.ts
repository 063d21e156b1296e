/** Cuts a stream of DV into whole frames (IEC 61834-2), and finds the next after noise. Pure. */

import { joinOctets } from "../bytes/join-octets.ts";
import type { Cut, Cutter } from "./cutter.ts";

/** Octets of a DIF sequence: 150 blocks of 80. */
const sequenceOctets = 12_000;
const systems = {
  /** DSF of the header is 0. */
  ntsc: { octets: 10 * sequenceOctets, ms: 1001 / 30 },
  pal: { octets: 12 * sequenceOctets, ms: 40 },
} as const;

export class FrameCutter implements Cutter {
  #rest: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  octetsLost = 0;
  /** Every frame is a part of a second by itself. */
  readonly octetsUntimed = 0;

  push(octets: Uint8Array): readonly Cut[] {
    const all = joinOctets(this.#rest, octets);
    const cuts: Cut[] = [];
    let at = 0;
    for (;;) {
      const start = headerAfter(all, at);
      this.octetsLost += start - at;
      at = start;
      if (all.length - at < 4) break;
      const system = ((all[at + 3] ?? 0) & 0x80) === 0 ? systems.ntsc : systems.pal;
      if (all.length - at < system.octets) break;
      const frame = all.subarray(at, at + system.octets);
      if (isWhole(frame)) {
        cuts.push({ octets: frame, sinceMs: system.ms, isJoin: true });
        at += system.octets;
      } else {
        at++;
        this.octetsLost++;
      }
    }
    this.#rest = new Uint8Array(all.subarray(at));
    return cuts;
  }
}

/** Where a frame may begin, from a place on; the last three octets are kept, as they may be the beginning of its header. */
function headerAfter(octets: Uint8Array, from: number): number {
  let at = octets.indexOf(0x1f, from);
  while (at >= 0 && at + 3 <= octets.length && !isHeader(octets, at, 0)) at = octets.indexOf(0x1f, at + 1);
  return at < 0 ? octets.length : at;
}

/** A frame of which a part was lost has the next one's beginning where one of its sequences should begin. */
function isWhole(frame: Uint8Array): boolean {
  for (let at = 0; at < frame.length; at += sequenceOctets) {
    if (!isHeader(frame, at, at / sequenceOctets)) return false;
  }
  return true;
}

/** The id of the header block of a sequence: section type 0, the number of the sequence, block 0. */
function isHeader(octets: Uint8Array, at: number, sequence: number): boolean {
  const [type = 0, number = 0, block = 1] = octets.subarray(at, at + 3);
  return (
    type >> 5 === 0 && number >> 4 === sequence && block === 0 && (sequence > 0 || (type === 0x1f && number === 7))
  );
}
