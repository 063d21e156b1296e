/**
 * Frames of digital video put together from isochronous packets (IEC 61883-2; IEC 61834-2): each DIF block goes where its
 * id says, whenever it came, and what did not come is counted.
 */

import { BlockCounter } from "./block-counter.ts";
import type { CipPacket } from "./cip.ts";
import { decodeDifBlock, difBlockOctets } from "./dif-block.ts";
import { readDvTimeCode } from "./dv-time-code.ts";

export interface DvFrame {
  /** 120,000 octets of 525 lines, 144,000 of 625; zeroes where a block is missing. */
  readonly octets: Uint8Array;
  readonly lines: 525 | 625;
  readonly timeCode: string | undefined;
  /** DIF blocks of this frame that never came. */
  readonly missingBlocks: number;
  /** Data blocks lost by the count of the packets since the frame before. */
  readonly lostDataBlocks: number;
}

export interface DvFrames {
  /** The frames that this packet completes, or whose successor it begins. @param packet of any stream: others hold nothing */
  take(packet: CipPacket): DvFrame[];
}

/** Quadlets of a data block of standard definition: six DIF blocks. */
const blockQuadlets = 120;
const blocksOfSequence = 150;
const sequencesOf = { 525: 10, 625: 12 };
const fiftyHertz = 0x80;

/** Where in a frame a block lies by section (3 bits), sequence (4) and number (8) of its id; nowhere: -1. Made once: 45,000 blocks come in a second. */
const places = Int32Array.from({ length: 8 * 16 * 256 }, (_, id) => {
  const block = Uint8Array.of((id >> 12) << 5, ((id >> 8) & 0xf) << 4, id & 0xff);
  return decodeDifBlock(block)?.offsetOctets ?? -1;
});
const sequenceOctets = blocksOfSequence * difBlockOctets;

interface Growing {
  readonly octets: Uint8Array;
  readonly lines: 525 | 625;
  /** By block: whether it has come. */
  readonly seen: Uint8Array;
  missing: number;
  /** The furthest DIF sequence that came. */
  sequence: number;
}

/** Of one stream. What comes before the first beginning of a frame is no frame. */
export function createDvFrames(): DvFrames {
  const counter = new BlockCounter();
  let growing: Growing | undefined;
  let lostDataBlocks = 0;

  function begin(lines: 525 | 625): Growing {
    const count = sequencesOf[lines] * blocksOfSequence;
    return {
      octets: new Uint8Array(count * difBlockOctets),
      lines,
      seen: new Uint8Array(count),
      missing: count,
      sequence: 0,
    };
  }

  function end({ octets, lines, missing }: Growing): DvFrame {
    const frame = { octets, lines, timeCode: readDvTimeCode(octets), missingBlocks: missing, lostDataBlocks };
    growing = undefined;
    lostDataBlocks = 0;
    return frame;
  }

  /** The header that begins a frame, or, that being lost, a sequence that lies before what came last. */
  const isNext = (place: number, sequence: number): boolean =>
    place === 0 || (growing !== undefined && sequence < growing.sequence);

  function put(frame: Growing, place: number, sequence: number, block: Uint8Array): void {
    const number = place / difBlockOctets;
    if (frame.seen[number] !== 0) return;
    frame.seen[number] = 1;
    frame.missing--;
    frame.octets.set(block, place);
    frame.sequence = Math.max(frame.sequence, sequence);
  }

  return {
    take(packet) {
      if (packet.fmt !== 0 || packet.dbs !== blockQuadlets) return [];
      const { lost, isLate } = counter.arrive(packet);
      lostDataBlocks += lost;
      const lines = packet.fdf & fiftyHertz ? 625 : 525;
      const frames: DvFrame[] = [];
      const { payload } = packet;
      for (let at = 0; at < payload.length; at += difBlockOctets) {
        const block = payload.subarray(at, at + difBlockOctets);
        const [type = 0, order = 0, number = 0] = block;
        const place = places[((type >> 5) << 12) | ((order >> 4) << 8) | number];
        if (place === undefined || place < 0) continue;
        const sequence = Math.floor(place / sequenceOctets);
        if (!isLate && isNext(place, sequence)) {
          if (growing !== undefined) frames.push(end(growing));
          growing = begin(lines);
        }
        // A late block of a sequence still to come belongs to the frame before.
        if (growing === undefined || (isLate && sequence > growing.sequence)) continue;
        put(growing, place, sequence, block);
        if (growing.missing === 0) frames.push(end(growing));
      }
      return frames;
    },
  };
}
