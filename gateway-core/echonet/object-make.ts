/** What an object says of its make: the key of its descriptor, and a name under which all that are alike share what is known of one. */

import { toHex } from "../bytes/hex.ts";
import type { DescriptorKey } from "../contract/descriptor.ts";
import type { DeviceId } from "../contract/device.ts";
import { descriptorKeyOf } from "./descriptor-key.ts";
import { classOf, type Eoj } from "./eoj.ts";
import type { PropertyReader, ReadCall } from "./property-reader.ts";

export interface Make {
  readonly key: DescriptorKey;
  /** Maker, product, version of the specification (EPC 82) and class; of what tells no product, no two are alike. */
  readonly name: string;
}

const epcs = { standardVersion: 0x82, manufacturer: 0x8a, productCode: 0x8c };

/** @throws HomeError `device-silent`. */
export async function readMake(
  reader: PropertyReader,
  { id, eoj, address }: { readonly id: DeviceId; readonly eoj: Eoj; readonly address: string },
  call: ReadCall,
): Promise<Make> {
  const { values } = await reader.read(address, Object.values(epcs), call);
  const [version, manufacturer, product] = Object.values(epcs).map((epc) => values.get(epc));
  const isTold = manufacturer !== undefined && product !== undefined;
  const parts = [manufacturer, product, version].map((edt) => toHex(edt ?? new Uint8Array(0)));
  return {
    key: descriptorKeyOf(eoj, manufacturer, product),
    name: [...(isTold ? parts : [...parts, id]), classOf(eoj).toString(16)].join(" "),
  };
}
