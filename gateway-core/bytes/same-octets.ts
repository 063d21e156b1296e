/** Compares octets: the same length and the same content. `undefined`, what was never told, is never the same. */
export function isSameOctets(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a?.length === b.length && a.every((octet, index) => octet === b[index]);
}
