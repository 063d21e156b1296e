/** What a descriptor says of AV/C: `gk:bind.avc` of its properties and actions, read once (docs/descriptors.md). */

import { fromHex, toHex } from "../bytes/hex.ts";
import type { Binding, Descriptor, PropertyDescriptor } from "../contract/descriptor.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { parseControl, parseValue, type ReadValue, type WriteValue } from "./avc-value.ts";
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

export interface Bindings {
  readonly properties: ReadonlyMap<string, PropertyBinding>;
  readonly actions: ReadonlyMap<string, ActionBinding>;
  readonly broken: readonly (readonly [name: string, error: HomeError])[];
}

/** A descriptor never changes, and is asked for with each command and each reading. */
const known = new WeakMap<Descriptor, Bindings>();

/** What cannot be read is told in `broken`; the others are not concerned. */
export function bindingsOf(descriptor: Descriptor): Bindings {
  const found = known.get(descriptor);
  if (found !== undefined) return found;
  const broken: [string, HomeError][] = [];
  const read = {
    properties: readEach(descriptor.properties, broken, propertyBinding),
    actions: readEach(descriptor.actions ?? {}, broken, actionBinding),
    broken,
  };
  known.set(descriptor, read);
  return read;
}

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

function readEach<T>(
  bound: { readonly [name: string]: { readonly "gk:bind": Binding } },
  broken: [string, HomeError][],
  read: (bind: JsonObject) => T,
): ReadonlyMap<string, T> {
  const bindings = new Map<string, T>();
  for (const [name, { "gk:bind": binding }] of Object.entries(bound)) {
    const bind = binding["avc"];
    if (!isJsonObject(bind)) continue;
    try {
      bindings.set(name, read(bind));
    } catch (thrown) {
      broken.push([name, toHomeError(thrown)]);
    }
  }
  return bindings;
}

export function isSettable(property: PropertyDescriptor | undefined): boolean {
  return property !== undefined && property.readOnly !== true;
}

export function refused(name: string, response: string): HomeError {
  return new HomeError("device-refused", `the device answered ${response} to ${name}`, { name, response });
}
