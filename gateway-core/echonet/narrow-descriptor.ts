/** Narrows a descriptor to one very device by its property maps (contract Session.describe). Pure. */

import type { Descriptor, PropertyDescriptor } from "../contract/descriptor.ts";
import { narrowScreen } from "../contract/narrow-screen.ts";
import type { OnBroken } from "./echonet-binding.ts";
import { actionBindingsOf, bindingsOf } from "./echonet-binding.ts";
import { unknownProperties } from "./unknown-properties.ts";

/** What a device says of its own properties; undefined for a map that it does not give: then the model is believed. */
export interface PropertyMaps {
  readonly announced: ReadonlySet<number> | undefined;
  readonly settable: ReadonlySet<number> | undefined;
  readonly gettable: ReadonlySet<number> | undefined;
}

export function narrowDescriptor(model: Descriptor, maps: PropertyMaps, onBroken: OnBroken): Descriptor {
  const bindings = bindingsOf(model, onBroken);
  const known = Object.fromEntries(
    Object.entries(model.properties).flatMap(([name, property]) => {
      const epc = bindings.get(name)?.epc;
      const narrowed = epc === undefined ? undefined : narrowProperty(property, epc, maps);
      return narrowed === undefined ? [] : [[name, narrowed]];
    }),
  );
  const actionBindings = actionBindingsOf(model, onBroken);
  const epcs = new Set([...bindings.values(), ...actionBindings.values()].map(({ epc }) => epc));
  const { gettable = [], announced = new Set<number>() } = maps;
  const properties = { ...unknownProperties(gettable, announced, (epc) => epcs.has(epc)), ...known };
  const actions = Object.fromEntries(
    Object.entries(model.actions ?? {}).filter(([name]) => {
      const epc = actionBindings.get(name)?.epc;
      return epc !== undefined && (maps.settable?.has(epc) ?? true);
    }),
  );
  // No appliance sends pictures this way, whatever a descriptor says.
  const { "gk:stream": _, ...rest } = model;
  const screen = rest["gk:screen"];
  return {
    ...rest,
    properties,
    ...(model.actions === undefined ? {} : { actions }),
    ...(screen === undefined ? {} : { "gk:screen": narrowScreen(screen, { properties, actions }) }),
  };
}

/** Undefined when the device has no such property. */
function narrowProperty(
  property: PropertyDescriptor,
  epc: number,
  { announced, settable, gettable }: PropertyMaps,
): PropertyDescriptor | undefined {
  const canGet = property.writeOnly !== true && (gettable?.has(epc) ?? true);
  const canSet = property.readOnly !== true && (settable?.has(epc) ?? true);
  if (!canGet && !canSet) return undefined;
  return {
    ...property,
    ...(canSet ? {} : { readOnly: true }),
    ...(canGet ? {} : { writeOnly: true }),
    observable: announced?.has(epc) ?? property.observable ?? false,
  };
}
