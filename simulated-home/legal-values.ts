/** Which EDTs a device lets a controller set: the words and ranges of its rules. */

/** One octet, one of these (hexadecimal). */
export function oneOf(...words: readonly string[]): (edt: Uint8Array) => boolean {
  const codes = new Set(words.map((word) => Number.parseInt(word, 16)));
  return ([code = -1, ...rest]) => codes.has(code) && rest.length === 0;
}

/** One octet, an unsigned number from minimum to maximum. */
export function range(minimum: number, maximum: number): (edt: Uint8Array) => boolean {
  return ([number = -1, ...rest]) => number >= minimum && number <= maximum && rest.length === 0;
}

/** A place (0x81, Appendix chapter 2.2): one octet, not the codes that announce a longer form. */
export const place = range(0x00, 0x7f);
