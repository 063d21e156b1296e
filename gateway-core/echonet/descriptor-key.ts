/** What an object tells of its make, as the key that its descriptor is looked up by. Pure. */

import type { DescriptorKey } from "../contract/descriptor.ts";
import { classOf, type Eoj } from "./eoj.ts";

/** `eojClass` "0x" and four hexadecimal digits; `manufacturer` (EPC 8A) "0x" and six; `productCode` (EPC 8C) as text; what is not told is left out. */
export function descriptorKeyOf(eoj: Eoj, manufacturer?: Uint8Array, productCode?: Uint8Array): DescriptorKey {
  const product = textOf(productCode ?? new Uint8Array(0));
  return {
    protocol: "echonet",
    eojClass: hexWord(classOf(eoj), 4),
    ...(manufacturer?.length === 3 ? { manufacturer: hexWord(numberOf(manufacturer), 6) } : {}),
    ...(product === "" ? {} : { productCode: product }),
  };
}

function hexWord(value: number, digits: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;
}

function numberOf(octets: Uint8Array): number {
  return octets.reduce((number, octet) => number * 256 + octet, 0);
}

/** What is printable of an ASCII text that may be padded with blanks or zeros. */
function textOf(octets: Uint8Array): string {
  return String.fromCharCode(...octets.filter((octet) => octet >= 0x20 && octet < 0x7f)).trim();
}
