/** The time code that a DV frame carries in its subcode (IEC 61834-4, pack 0x13; SMPTE 314M, 4.4). Pure. */

import { toHex } from "../../bytes/hex.ts";
import { difBlockOctets } from "./dif-block.ts";

const sequenceOctets = 150 * difBlockOctets;
/** Subcode blocks follow the header block of each sequence. */
const subcodeBlocks = [1, 2];
const idOctets = 3;
const syncBlock = { count: 6, octets: 8, packAt: 3 };
const timeCodePack = 0x13;
/** Flags stand above the digits. */
const digits = { frames: 0x3f, seconds: 0x7f, minutes: 0x7f, hours: 0x3f };
const timeCode = /^[0-2]\d:[0-5]\d:[0-5]\d:[0-2]\d$/;

/** "hh:mm:ss:ff", or undefined where no subcode of the frame tells a readable one. */
export function readDvTimeCode(frame: Uint8Array): string | undefined {
  for (let sequence = 0; sequence < frame.length; sequence += sequenceOctets) {
    for (const block of subcodeBlocks) {
      for (let sync = 0; sync < syncBlock.count; sync++) {
        const at = sequence + block * difBlockOctets + idOctets + sync * syncBlock.octets + syncBlock.packAt;
        const text = textOf(frame.subarray(at, at + 5));
        if (text !== undefined) return text;
      }
    }
  }
  return undefined;
}

function textOf([pack, frames = 0, seconds = 0, minutes = 0, hours = 0]: Uint8Array): string | undefined {
  if (pack !== timeCodePack) return undefined;
  const parts = [hours & digits.hours, minutes & digits.minutes, seconds & digits.seconds, frames & digits.frames];
  const text = parts.map((part) => toHex(Uint8Array.of(part))).join(":");
  return timeCode.test(text) ? text : undefined;
}
