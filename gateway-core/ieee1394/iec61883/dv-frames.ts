/**
 * Frames of digital video put together from isochronous packets (IEC 61883-2; IEC 61834-2): each DIF block goes where its
 * id says, whenever it came, and what did not come is counted.
 */

import { BlockCounter } from "./block-counter.ts";
import type { CipPacket } from "./cip.ts";
import { type DifBlock, decodeDifBlock, difBlockOctets } from "./dif-block.ts";
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

interface Growing {
  readonly octets: Uint8Array;
  readonly lines: 525 | 625;
  readonly missing: Set<number>;
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
    const missing = new Set(Array.from({ length: count }, (_, index) => index));
    return { octets: new Uint8Array(count * difBlockOctets), lines, missing, sequence: 0 };
  }

  function end({ octets, lines, missing }: Growing): DvFrame {
    const frame = { octets, lines, timeCode: readDvTimeCode(octets), missingBlocks: missing.size, lostDataBlocks };
    growing = undefined;
    lostDataBlocks = 0;
    return frame;
  }

  /** A header that begins a frame, or, that being lost, a sequence that lies before what came last. */
  const isNext = ({ section, sequence }: DifBlock): boolean =>
    growing === undefined
      ? section === "header" && sequence === 0
      : sequence < growing.sequence || (section === "header" && sequence === 0);

  function put(frame: Growing, place: DifBlock, block: Uint8Array): void {
    if (!frame.missing.delete(place.offsetOctets / difBlockOctets)) return;
    frame.octets.set(block, place.offsetOctets);
    frame.sequence = Math.max(frame.sequence, place.sequence);
  }

  return {
    take(packet) {
      if (packet.fmt !== 0 || packet.dbs !== blockQuadlets) return [];
      const { lost, isLate } = counter.arrive(packet);
      lostDataBlocks += lost;
      const lines = packet.fdf & fiftyHertz ? 625 : 525;
      const frames: DvFrame[] = [];
      for (let at = 0; at < packet.payload.length; at += difBlockOctets) {
        const block = packet.payload.subarray(at, at + difBlockOctets);
        const place = decodeDifBlock(block);
        if (place === undefined) continue;
        if (!isLate && isNext(place)) {
          if (growing !== undefined) frames.push(end(growing));
          growing = begin(lines);
        }
        // A late block of a sequence still to come belongs to the frame before.
        if (growing === undefined || (isLate && place.sequence > growing.sequence)) continue;
        put(growing, place, block);
        if (growing.missing.size === 0) frames.push(end(growing));
      }
      return frames;
    },
  };
}
