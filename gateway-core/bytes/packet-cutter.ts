/** Cuts octets as they come into packets of an MPEG-2 transport stream (ISO/IEC 13818-1, 2.4.3), whatever lies between them, and finds the beat again after noise. Pure. */

import { joinOctets } from "./join-octets.ts";

/** Octets of a packet. */
export const tsPacketOctets = 188;
const syncByte = 0x47;

export class PacketCutter {
  readonly #stride: number;
  #rest: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #isLocked = false;
  #octetsLost = 0;

  /** `stride`: octets from the beginning of a packet to that of the next. */
  constructor(stride: number = tsPacketOctets) {
    this.#stride = stride;
  }

  /** Octets thrown away because no packet began there. */
  get octetsLost(): number {
    return this.#octetsLost;
  }

  /**
   * Tells of each packet that is whole now where it begins in the answer, which is all that is at hand: a copy in `room`,
   * where that is given. What lies before that place may then be written over: a packet is no object, as there are thousands
   * in a second.
   */
  push(
    octets: Uint8Array,
    take: (all: Uint8Array, at: number) => void,
    room?: (length: number) => Uint8Array,
  ): Uint8Array {
    const all = this.#gathered(octets, room);
    let at = 0;
    for (; all.length - at >= this.#stride; ) {
      const next = all[at + this.#stride];
      const isSync = all[at] === syncByte;
      // Out of step, the packet after must be here to confirm this one.
      if (isSync && next === undefined && !this.#isLocked) break;
      this.#isLocked = isSync && (next === syncByte || next === undefined);
      if (this.#isLocked) {
        take(all, at);
        at += this.#stride;
      } else {
        at++;
        this.#octetsLost++;
      }
    }
    this.#rest = all.slice(at);
    return all;
  }

  #gathered(octets: Uint8Array, room: ((length: number) => Uint8Array) | undefined): Uint8Array {
    if (room === undefined) return this.#rest.length === 0 ? octets : joinOctets(this.#rest, octets);
    const all = room(this.#rest.length + octets.length);
    all.set(this.#rest);
    all.set(octets, this.#rest.length);
    return all;
  }
}
