/** Which EDTs a device lets a controller set: the words and ranges of its rules. */

import type { Rule } from "./simulated-object.ts";

/** One octet, one of these (hexadecimal). */
export function oneOf(...words: readonly string[]): (edt: Uint8Array) => boolean {
  const codes = new Set(words.map((word) => Number.parseInt(word, 16)));
  return ([code = -1, ...rest]) => codes.has(code) && rest.length === 0;
}

/** One octet, an unsigned number from minimum to maximum. */
export function range(minimum: number, maximum: number): (edt: Uint8Array) => boolean {
  return ([number = -1, ...rest]) => number >= minimum && number <= maximum && rest.length === 0;
}

/** The same for a rule whose device would clip rather than refuse. */
export function between(minimum: number, maximum: number): Pick<Rule, "set" | "clip"> {
  return {
    set: range(minimum, maximum),
    clip: ([number, ...rest]) =>
      number === undefined || rest.length > 0 ? undefined : Uint8Array.of(Math.min(Math.max(number, minimum), maximum)),
  };
}

/** A place (0x81, Appendix chapter 2.2): one octet, not the codes that announce a longer form. */
export const place = range(0x00, 0x7f);
