/** Property maps 0x9D, 0x9E, 0x9F (Appendix, annex 1): up to 15 EPCs are listed, from 16 on they are bits. */

import type { Octets } from "./octets.ts";

export function writePropertyMap(epcs: readonly number[]): Octets {
  if (epcs.length < 16) return Uint8Array.from([epcs.length, ...epcs]);
  const bits = new Uint8Array(16);
  for (const epc of epcs) bits[epc & 0x0f] = (bits[epc & 0x0f] ?? 0) | (1 << ((epc >> 4) - 8));
  return Uint8Array.from([epcs.length, ...bits]);
}
