/** Packets of an MPEG-2 transport stream (ISO/IEC 13818-1, 2.4.3), read without copying. Pure. */

import { tsPacketOctets } from "../bytes/packet-cutter.ts";

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

/** Whether what is in it is for those alone who have its key. */
export const isScrambledAt = (octets: Uint8Array, at: number): boolean => ((octets[at + 3] ?? 0) & 0xc0) !== 0;

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

/** The packets of one section, the last filled up with 0xff (2.4.4). */
export function sectionPackets(pid: number, section: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < section.length; ) {
    const isFirst = at === 0;
    const packet = new Uint8Array(tsPacketOctets).fill(0xff);
    packet.set([syncByte, (isFirst ? 0x40 : 0) | (pid >> 8), pid, 0x10 | (packets.length & 0x0f)]);
    // The first octet of the first payload says that the section begins at once.
    if (isFirst) packet[4] = 0;
    const from = isFirst ? 5 : 4;
    const part = section.subarray(at, at + tsPacketOctets - from);
    packet.set(part, from);
    packets.push(packet);
    at += part.length;
  }
  return packets;
}
