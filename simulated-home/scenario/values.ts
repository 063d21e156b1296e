/** The values of a scenario as EDTs: those that stand there in octets, and those that the descriptor has names and codecs for. */

import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { propertiesOf } from "../described/described-property.ts";
import type { SimulatedObject } from "../simulated-object.ts";
import { octets } from "../wire/octets.ts";
import { invalidAt } from "./scenario.ts";

export interface WantedEdt {
  readonly epc: number;
  /** Undefined: the property is to be taken away. */
  readonly edt: Uint8Array | undefined;
}

/**
 * In the order given; a number that another one multiplies goes by what the object holds then.
 * @throws HomeError `settings-invalid` with `path`: no such property, or no octets for the value.
 */
export function* edtsOf(
  values: JsonObject,
  object: SimulatedObject,
  descriptor: Descriptor | undefined,
  path: readonly (string | number)[],
): Generator<WantedEdt> {
  const properties = propertiesOf(descriptor ?? { properties: {} }, (epc) => object.tell(epc));
  for (const [key, value] of Object.entries(values)) {
    const isEpc = /^[89a-f][0-9a-f]$/.test(key);
    const property = properties.find(({ name }) => name === key);
    const epc = isEpc ? Number.parseInt(key, 16) : property?.epc;
    if (epc === undefined) throw invalidAt([...path, key], `class ${classOf(object)} has no such property`);
    if (value === null) {
      yield { epc, edt: undefined };
      continue;
    }
    const isHex = typeof value === "string" && /^([0-9a-f]{2}){1,255}$/i.test(value);
    const edt = isEpc ? (isHex ? octets(value) : undefined) : property?.codec.encode(value);
    if (edt === undefined) throw invalidAt([...path, key], `there are no octets for ${JSON.stringify(value)}`);
    yield { epc, edt };
  }
}

function classOf({ eoj }: SimulatedObject): string {
  return (eoj >> 8).toString(16).padStart(4, "0");
}
