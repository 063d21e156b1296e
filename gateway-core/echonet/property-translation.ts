/** Between the properties of a descriptor and the EDTs of one object, coefficients included. */

import type { Descriptor } from "../contract/descriptor.ts";
import type { Json } from "../contract/json.ts";
import type { DeviceObject } from "./device-object.ts";
import { bindingsOf, isReadable, type PropertyBinding } from "./echonet-binding.ts";
import type { WarnOnce } from "./warn-once.ts";

export interface Translation {
  readonly bindings: ReadonlyMap<string, PropertyBinding>;
  /** EPCs of the properties that can be read. */
  readonly readable: ReadonlyMap<number, { readonly isAnnounced: boolean }>;
  /** Of each EPC whose value another one selects, that other one: who reads the first without the second does not know what was read. */
  readonly selectors: ReadonlyMap<number, number>;
  /** The names and values of the properties that this EPC has a part in; what cannot be decoded is left out, with one warning. */
  valuesOf(epc: number): readonly (readonly [name: string, value: Json])[];
  /** @throws HomeError `value-invalid`, `out-of-range`. */
  encode(binding: Pick<PropertyBinding, "codec">, value: Json): Uint8Array;
}

export function createTranslation(object: DeviceObject, descriptor: Descriptor, warnOnce: WarnOnce): Translation {
  const bindings = bindingsOf(descriptor, (name, error) =>
    warnOnce("bind-unreadable", `${object.id} ${name}`, { device: object.id, property: name, error: error.toBody() }),
  );
  const readable = [...bindings.values()].filter(({ name }) => isReadable(descriptor.properties[name]));
  /** By EPC, the properties that it has a part in: asked for with every frame that is heard. */
  const concerned = new Map<number, PropertyBinding[]>();
  for (const binding of readable) {
    for (const epc of new Set([binding.epc, ...binding.codec.coefficients])) {
      concerned.set(epc, [...(concerned.get(epc) ?? []), binding]);
    }
  }

  /** 1 for a coefficient that the device does not have; undefined while it is not known. */
  function coefficientOf(epc: number): number | undefined {
    if (!object.canGet(epc)) return 1;
    const edt = object.edtOf(epc);
    const binding = readable.find((other) => other.epc === epc && other.codec.coefficients.length === 0);
    if (edt === undefined || binding === undefined) return undefined;
    const value = decode(binding, edt);
    return typeof value === "number" ? value : undefined;
  }

  function decode({ name, codec }: PropertyBinding, edt: Uint8Array): Json | undefined {
    try {
      return codec.decode(edt, coefficientOf);
    } catch (thrown) {
      const isWaiting = codec.coefficients.some((epc) => object.canGet(epc) && object.edtOf(epc) === undefined);
      if (!isWaiting) {
        const facts = { device: object.id, property: name, reason: thrown instanceof Error ? thrown.message : "" };
        warnOnce("value-undecodable", `${object.id} ${name}`, facts);
      }
      return undefined;
    }
  }

  return {
    bindings,
    readable: new Map(
      readable.map(({ epc, name }) => [epc, { isAnnounced: descriptor.properties[name]?.observable === true }]),
    ),
    selectors: new Map(readable.flatMap(({ epc, atomic }) => (atomic === undefined ? [] : [[epc, atomic]]))),
    valuesOf(changed) {
      return (concerned.get(changed) ?? []).flatMap((binding) => {
        const edt = object.edtOf(binding.epc);
        const value = edt && decode(binding, edt);
        return value === undefined ? [] : [[binding.name, value] as const];
      });
    },
    encode: ({ codec }, value) => codec.encode(value, coefficientOf),
  };
}
