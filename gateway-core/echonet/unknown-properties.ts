/** Properties that a device lists and its descriptor does not know: makers' own, and those of later releases of the APPENDIX. Pure. */

import type { PropertyDescriptor } from "../contract/descriptor.ts";
import { formatEpc } from "./eoj.ts";

/** The property maps tell what there is; they are no state of the device. */
const maps: ReadonlySet<number> = new Set([0x9d, 0x9e, 0x9f]);

/** By name, such as `epcF0`: the octets as hexadecimal text, for diagnosis and never to be set, since nobody knows what they do. */
export function unknownProperties(
  gettable: Iterable<number>,
  announced: ReadonlySet<number>,
  isKnown: (epc: number) => boolean,
): Readonly<Record<string, PropertyDescriptor>> {
  const unknown = [...gettable].filter((epc) => !maps.has(epc) && !isKnown(epc)).sort((a, b) => a - b);
  return Object.fromEntries(unknown.map((epc) => [nameOf(epc), describe(epc, announced.has(epc))]));
}

const nameOf = (epc: number): string => `epc${formatEpc(epc).toUpperCase()}`;

function describe(epc: number, observable: boolean): PropertyDescriptor {
  const hex = formatEpc(epc).toUpperCase();
  return {
    titles: { en: `Property ${hex}`, ja: `プロパティ ${hex}` },
    type: "string",
    contentEncoding: "base16",
    readOnly: true,
    observable,
    "gk:category": "diagnostic",
    "gk:bind": { echonet: { epc: `0x${hex}`, codec: { raw: true } } },
  };
}
