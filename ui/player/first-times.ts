/** When a stream that is joined begins, read of its first octets (ISO/IEC 14496-12: 8.4.2 mdhd, 8.8.12 tfdt); its picture is the first track. Pure. */

/** Ticks in a second of the first track; undefined where its header is not in here. */
export function timescaleIn(octets: Uint8Array): number | undefined {
  const box = contentOf(octets, "mdhd");
  if (box === undefined) return undefined;
  return box.getUint32(box.getUint8(0) === 1 ? 20 : 12) || undefined;
}

/** Seconds at which the first fragment in here begins; undefined where there is none, or its scale is not known. */
export function startIn(octets: Uint8Array, timescale: number | undefined): number | undefined {
  const box = contentOf(octets, "tfdt");
  if (box === undefined || timescale === undefined) return undefined;
  return (box.getUint8(0) === 1 ? Number(box.getBigUint64(4)) : box.getUint32(4)) / timescale;
}

/** A picture that lay before 0 by a rounding would be thrown away, and its whole group with it. */
const roundingSeconds = 0.001;
/** What begins further than this from what is there is not its continuation. */
const otherSeconds = 12;

/**
 * Seconds to add to every time: the first that comes lies at the beginning, and what comes later stays where it was, unless
 * it is from another time line: then it follows what is there. `end`: of what is buffered.
 */
export function offsetOf(start: number, offset: number, end: number | undefined): number {
  if (end === undefined) return roundingSeconds - start;
  return Math.abs(start + offset - end) > otherSeconds ? end - start : offset;
}

const longestContent = 24;
/** What is looked for stands in front of the pictures: those are not searched. */
const longestHead = 8_192;
/** One letter for each octet. */
const letters = new TextDecoder("latin1");

/** What follows the first box of a type, as far as it is read here. */
export function contentOf(octets: Uint8Array, type: string): DataView | undefined {
  const at = letters.decode(octets.subarray(0, longestHead)).indexOf(type) + type.length;
  const isThere = at >= type.length && at + longestContent <= octets.length;
  return isThere ? new DataView(octets.buffer, octets.byteOffset + at, longestContent) : undefined;
}
