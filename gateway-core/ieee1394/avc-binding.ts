/** What a descriptor says of AV/C: `gk:bind.avc` of its properties and actions, read once (docs/descriptors.md). */

import { fromHex, toHex } from "../bytes/hex.ts";
import type { Descriptor, PropertyDescriptor } from "../contract/descriptor.ts";
import { HomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { parseControl, parseValue, type ReadValue, type WriteValue } from "./avc-value.ts";
import { type BindingsOf, bindingReader } from "./binding-reader.ts";
import { textOf } from "./table-json.ts";

export interface PropertyBinding {
  /** The unit is addressed, not the subunit. */
  readonly isUnit: boolean;
  /** What STATUS asks, from the opcode on; properties with the same one are read together. */
  readonly status: Uint8Array | undefined;
  readonly statusText: string;
  readonly read: ReadValue;
  readonly write: WriteValue | undefined;
  readonly notifies: boolean;
  readonly pollMs: number | undefined;
}

export interface ActionBinding {
  readonly isUnit: boolean;
  readonly write: WriteValue;
  /** It is done only where the settings allow recording. */
  readonly needsRecording: boolean;
}

export type Bindings = BindingsOf<PropertyBinding, ActionBinding>;

export const bindingsOf: (descriptor: Descriptor) => Bindings = bindingReader({
  name: "avc",
  property: propertyBinding,
  action: actionBinding,
});

function propertyBinding(bind: JsonObject): PropertyBinding {
  const { unit, status, value, control, notify, pollMs } = bind;
  return {
    isUnit: unit === true,
    status: status === undefined ? undefined : fromHex(textOf(status)),
    statusText: status === undefined ? "" : `${unit === true} ${toHex(fromHex(textOf(status)))}`,
    read: value === undefined ? () => undefined : parseValue(value),
    write: control === undefined ? undefined : parseControl(control),
    notifies: notify === true,
    pollMs: typeof pollMs === "number" && pollMs >= 100 ? pollMs : undefined,
  };
}

function actionBinding({ unit, control, needs }: JsonObject): ActionBinding {
  return { isUnit: unit === true, write: parseControl(control), needsRecording: needs === "recording" };
}

export function isSettable(property: PropertyDescriptor | undefined): boolean {
  return property !== undefined && property.readOnly !== true;
}

export function refused(name: string, response: string): HomeError {
  return new HomeError("device-refused", `the device answered ${response} to ${name}`, { name, response });
}
