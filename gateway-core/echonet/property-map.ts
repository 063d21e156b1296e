/** Property maps, EPC 9D, 9E and 9F (APPENDIX Detailed requirements for ECHONET device objects, appendix 1). */

import { HomeError } from "../contract/errors.ts";

const lowestEpc = 0x80;
/** From this many EPCs on, a map is a bitmap of this many octets behind its count. */
const bitmapLength = 16;

/**
 * The EPCs of a map, ascending. The content is believed, not the count octet, which real devices get wrong: 17 octets
 * are a bitmap unless the count is below 16 and all that follows could be EPCs; anything else is a list, in which octets
 * below 0x80 are no EPCs and are passed over.
 * @throws HomeError `frame-malformed` when not even a count is there.
 */
export function decodePropertyMap(edt: Uint8Array): number[] {
  const [count, ...content] = edt;
  if (count === undefined) throw new HomeError("frame-malformed", "a property map has a count at least", { offset: 0 });
  const listed = content.filter((octet) => octet >= lowestEpc);
  const isBitmap = content.length === bitmapLength && (count >= bitmapLength || listed.length < bitmapLength);
  const epcs = isBitmap ? content.flatMap(epcsOfBitmapOctet) : listed;
  return [...new Set(epcs)].sort((a, b) => a - b);
}

/** Bit b of octet i stands for EPC 0x80 + 16 b + i. */
function epcsOfBitmapOctet(octet: number, index: number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => octet & (1 << bit)).map((bit) => lowestEpc + 16 * bit + index);
}

/** `epcs` in any order, each 0x80 to 0xFF; doubles count once. */
export function encodePropertyMap(epcs: Iterable<number>): Uint8Array {
  const sorted = [...new Set(epcs)].sort((a, b) => a - b);
  if (sorted.length < bitmapLength) return Uint8Array.of(sorted.length, ...sorted);
  const bitmap = Array.from({ length: bitmapLength }, (_, index) =>
    sorted.reduce((octet, epc) => ((epc & 0x0f) === index ? octet | (1 << ((epc - lowestEpc) >> 4)) : octet), 0),
  );
  return Uint8Array.of(sorted.length, ...bitmap);
}
