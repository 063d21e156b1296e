/** MPEG-2 transport stream in source packets: a time stamp and 188 octets, cut into eight data blocks (IEC 61883-4). */

import { blockCount, type CipPacket } from "./cip.ts";

/** Data blocks of a source packet, of 24 octets each. */
const wholeBlocks = 8;
const blockOctets = 24;
const syncByte = 0x47;

/** A source packet, or the part of one that a stream of a low rate sends in one cycle. */
export interface SourcePacketPart {
  /** The first of its eight data blocks in this packet. */
  readonly block: number;
  readonly blocks: number;
  /** When it should be handed on, in cycles of 125 µs (13 bits) and ticks of 24.576 MHz (12 bits): in its first part. */
  readonly cycleCount?: number;
  readonly cycleOffset?: number;
  /** Whose transport packet it is, 13 bits: in its first part. */
  readonly pid?: number;
}

/** The parts that a packet holds, in order; the counter of data blocks tells which blocks of source packets they are. */
export function decodeSourcePackets(packet: CipPacket): SourcePacketPart[] {
  const parts: SourcePacketPart[] = [];
  const count = blockCount(packet);
  for (let at = 0; at < count; ) {
    const block = (packet.dbc + at) % wholeBlocks;
    const blocks = Math.min(wholeBlocks - block, count - at);
    const start = block === 0 ? startOf(packet.payload.subarray(at * blockOctets)) : {};
    parts.push({ block, blocks, ...start });
    at += blocks;
  }
  return parts;
}

function startOf(octets: Uint8Array): Partial<SourcePacketPart> {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const time = view.getUint32(0);
  const pid = view.getUint8(4) === syncByte ? { pid: view.getUint16(5) & 0x1fff } : {};
  return { cycleCount: (time >>> 12) & 0x1fff, cycleOffset: time & 0xfff, ...pid };
}
