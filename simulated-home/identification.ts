/** EPC 0x83 (Appendix, chapter 2.11) as the rules have it and as real devices have it. */

import { manufacturer } from "./node-profile.ts";
import type { Identification } from "./scenario/scenario.ts";
import { big, hex } from "./wire/octets.ts";

export interface Identifications {
  /** Hexadecimal; undefined: it has none. */
  readonly ofNode: string | undefined;
  ofDevice(eoj: number): string | undefined;
}

/** @param number of the node in its home, from 1. @param freshHex 26 digits that nobody has had. */
export function identificationsOf(kind: Identification, number: number, freshHex: string): Identifications {
  const node = `${ascii("genkan-home")}${hex(big(number, 2))}`;
  const device = (eoj: number): string => `${ascii("genkan-d")}${hex(big(number, 2))}${hex(big(eoj, 3))}`;
  const long = (octets: string): string => `fe${manufacturer}${octets}`;
  switch (kind) {
    case "none":
      return { ofNode: undefined, ofDevice: () => undefined };
    case "zero":
      return { ofNode: "00".repeat(17), ofDevice: () => "00".repeat(17) };
    case "short":
      return { ofNode: `fe00${hex(big(number, 2))}`, ofDevice: () => undefined };
    case "random":
      return { ofNode: long(freshHex), ofDevice: () => undefined };
    case "shared":
      return { ofNode: long(node), ofDevice: () => long(node) };
    default:
      return { ofNode: long(node), ofDevice: (eoj) => long(device(eoj)) };
  }
}

function ascii(text: string): string {
  return hex(new TextEncoder().encode(text));
}
