/** Packets of an MPEG-2 transport stream (ISO/IEC 13818-1, 2.4.3): found again after noise, read without copying. Pure. */

/** Octets of a packet. */
export const tsPacketOctets = 188;
const syncByte = 0x47;

export interface TsPacket {
  /** The whole packet, a view. */
  readonly octets: Uint8Array;
  readonly pid: number;
  /** A PES packet or a section begins in this payload. */
  readonly isStart: boolean;
  /** The adaptation field says that decoding may begin here. */
  readonly isRandomAccess: boolean;
  /** Counts packets with payload, 4 bits. */
  readonly continuity: number;
  /** A view; empty where there is none, or where the packet is damaged or scrambled. */
  readonly payload: Uint8Array;
}

/** The PID of the packet that begins there. */
export const pidAt = (octets: Uint8Array, at: number): number =>
  (((octets[at + 1] ?? 0) & 0x1f) << 8) | (octets[at + 2] ?? 0);

/** Whether its header says that a PES packet or a section begins in it, be it usable or not. */
export const isStartAt = (octets: Uint8Array, at: number): boolean => ((octets[at + 1] ?? 0) & 0x40) !== 0;

/** Reads the packet that begins there with its sync byte. */
export function packetAt(all: Uint8Array, place: number): TsPacket {
  const octets = all.subarray(place, place + tsPacketOctets);
  const at = (place: number): number => octets[place] ?? 0;
  const second = at(1);
  const fourth = at(3);
  const adaptationOctets = at(4);
  const flags = at(5);
  const hasAdaptation = (fourth & 0x20) !== 0;
  const isUsable = (second & 0x80) === 0 && (fourth & 0xc0) === 0 && (fourth & 0x10) !== 0;
  const start = hasAdaptation ? Math.min(5 + adaptationOctets, tsPacketOctets) : 4;
  return {
    octets,
    pid: pidAt(octets, 0),
    isStart: isUsable && (second & 0x40) !== 0,
    isRandomAccess: hasAdaptation && adaptationOctets > 0 && (flags & 0x40) !== 0,
    continuity: fourth & 0x0f,
    payload: isUsable ? octets.subarray(start) : octets.subarray(tsPacketOctets),
  };
}

/** A packet of one section that fits into it, filled up with 0xff (2.4.4). */
export function sectionPacket(pid: number, section: Uint8Array, continuity: number): Uint8Array {
  const packet = new Uint8Array(tsPacketOctets).fill(0xff);
  packet.set([syncByte, 0x40 | (pid >> 8), pid, 0x10 | (continuity & 0x0f), 0]);
  packet.set(section, 5);
  return packet;
}

/** Cuts octets as they come into whole packets, and finds the beat again after garbage. */
export class TsPacketizer {
  #rest: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #octetsLost = 0;

  /** Octets thrown away because no packet began there. */
  get octetsLost(): number {
    return this.#octetsLost;
  }

  /**
   * Tells of each packet that is whole now where it begins in the answer, which is a copy of all that is at hand, in `room`.
   * What lies before that place may be written over meanwhile: a packet is no object, as there are thousands in a second.
   */
  push(
    octets: Uint8Array,
    take: (all: Uint8Array, at: number) => void,
    room = (length: number): Uint8Array => new Uint8Array(length),
  ): Uint8Array {
    const all = room(this.#rest.length + octets.length);
    all.set(this.#rest);
    all.set(octets, this.#rest.length);
    let at = 0;
    while (all.length - at >= tsPacketOctets) {
      // The next packet's sync byte confirms this one's, as far as it is here already.
      const next = all[at + tsPacketOctets];
      if (all[at] === syncByte && (next === undefined || next === syncByte)) {
        take(all, at);
        at += tsPacketOctets;
      } else {
        at++;
        this.#octetsLost++;
      }
    }
    this.#rest = all.slice(at);
    return all;
  }
}
