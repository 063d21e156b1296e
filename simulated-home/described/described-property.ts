/** The properties of a descriptor that ECHONET carries, with codecs that know the numbers of the object that they belong to. */

import type { Descriptor, PropertyDescriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import type { Codec } from "./codec.ts";
import { readCodec } from "./read-codec.ts";

export type PropertySchema = PropertyDescriptor;

export interface DescribedProperty {
  readonly name: string;
  readonly epc: number;
  /** The codec as it stands in the descriptor. */
  readonly form: Json | undefined;
  readonly codec: Codec;
  readonly schema: PropertySchema;
}

/** Each EPC once. `tell` gives what the object holds now: some numbers multiply others. */
export function propertiesOf(
  { properties }: Pick<Descriptor, "properties">,
  tell: (epc: number) => Uint8Array | undefined,
): readonly DescribedProperty[] {
  const found = new Map<number, DescribedProperty>();
  const numberOf = (epc: number): number | undefined => {
    const edt = tell(epc);
    const value = edt && found.get(epc)?.codec.decode(edt);
    return typeof value === "number" ? value : undefined;
  };
  for (const [name, schema] of Object.entries(properties)) {
    const { epc, codec: form } = schema["gk:bind"]["echonet"] ?? {};
    const codec = readCodec(form, numberOf);
    if (codec !== undefined && !found.has(Number(epc))) {
      found.set(Number(epc), { name, epc: Number(epc), form, codec, schema });
    }
  }
  return [...found.values()];
}
