/** A frame as people read it: the fields of the wire in hexadecimal, and what the descriptor of the device makes of them. */

import { fromHex, toHex } from "../bytes/hex.ts";
import type { Descriptor, DescriptorKey } from "../contract/descriptor.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import { descriptorKeyOf } from "./descriptor-key.ts";
import { bindingsOf, type PropertyBinding } from "./echonet-binding.ts";
import { formatEoj } from "./eoj.ts";
import { decodeFrame, type Property } from "./frame.ts";
import type { Esv } from "./service-code.ts";

/** The services that are asked of a device; in all others the device is the one that speaks. */
const requests: ReadonlySet<Esv> = new Set<Esv>(["SetI", "SetC", "Get", "INF_REQ", "SetGet", "INFC_Res"]);

/**
 * `{tid, seoj, deoj, esv, properties: [{epc, edt, name?, title?, value?}], properties2?}`, hexadecimal in lower case.
 * @throws HomeError `value-invalid` for what is no hexadecimal text, `frame-malformed` with `offset`.
 */
export function explainFrame(hex: string, find: (key: DescriptorKey) => Descriptor | undefined): JsonObject {
  const { tid, seoj, deoj, esv, properties, properties2 } = decodeFrame(fromHex(hex));
  const descriptor = find(descriptorKeyOf(requests.has(esv) ? deoj : seoj));
  const explain = explainer(descriptor, [...properties, ...(properties2 ?? [])]);
  return {
    tid,
    seoj: formatEoj(seoj),
    deoj: formatEoj(deoj),
    esv,
    properties: properties.map(explain),
    ...(properties2 === undefined ? {} : { properties2: properties2.map(explain) }),
  };
}

/** A coefficient of a coefficient, and a bind that cannot be read: both are simply not known here. */
const unknown = (): undefined => undefined;

function explainer(descriptor: Descriptor | undefined, all: readonly Property[]): (property: Property) => JsonObject {
  const bindings = descriptor === undefined ? [] : [...bindingsOf(descriptor, unknown).values()];
  const byEpc = new Map(bindings.map((binding) => [binding.epc, binding]));
  /** Coefficients are known only when they stand in the same frame. */
  const coefficientOf = (epc: number): number | undefined => {
    const edt = all.find((property) => property.epc === epc)?.edt;
    const value = edt && decodeWith(byEpc.get(epc), edt, unknown);
    return typeof value === "number" ? value : undefined;
  };
  return ({ epc, edt }) => {
    const binding = byEpc.get(epc);
    const value = edt.length === 0 ? undefined : decodeWith(binding, edt, coefficientOf);
    const title = binding && descriptor?.properties[binding.name]?.titles.en;
    return {
      epc: toHex(Uint8Array.of(epc)),
      edt: toHex(edt),
      ...(binding === undefined ? {} : { name: binding.name }),
      ...(title === undefined ? {} : { title }),
      ...(value === undefined ? {} : { value }),
    };
  };
}

function decodeWith(
  binding: PropertyBinding | undefined,
  edt: Uint8Array,
  coefficientOf: (epc: number) => number | undefined,
): Json | undefined {
  try {
    return binding?.codec.decode(edt, coefficientOf);
  } catch {
    // What cannot be decoded is shown without a value: its octets stand beside it.
    return undefined;
  }
}
