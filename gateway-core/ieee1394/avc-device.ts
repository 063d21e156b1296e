/** One AV/C subunit as the session uses it: its properties read, set and described, its actions done. */

import type { Outcome } from "../contract/adapter.ts";
import { type Clock, sleep } from "../contract/clock.ts";
import type { ActionDescriptor, DataSchema, Descriptor, PropertyDescriptor } from "../contract/descriptor.ts";
import { type ErrorBody, HomeError, toHomeError } from "../contract/errors.ts";
import { isSameJson, type Json, type JsonObject } from "../contract/json.ts";
import type { AvcFrame, Ctype } from "./avc/avc-frame.ts";
import { beginsRecording } from "./avc/begins-recording.ts";
import { type Bindings, bindingsOf, isSettable, type PropertyBinding, refused } from "./avc-binding.ts";
import { avcFrame, unitAddress } from "./avc-units.ts";
import type { AvDevice } from "./discovery.ts";
import type { Fcp } from "./fcp.ts";

export interface AvcDeviceOptions {
  readonly device: AvDevice;
  readonly descriptor: Descriptor;
  readonly fcp: Fcp;
  readonly clock: Clock;
  readonly mayRecord: boolean;
  readonly signal: AbortSignal;
}

/** When to read back what was set: at once, and while the device still tells another value, a little later. */
const readBacksMs = [0, 100, 300, 600];

/** What a response tells: opcode and operands. */
export function told({ opcode, operands }: AvcFrame): Uint8Array {
  return Uint8Array.of(opcode, ...operands);
}

export function ask({ device, fcp, signal }: AvcDeviceOptions, code: Ctype, isUnit: boolean, frame: Uint8Array) {
  return fcp.ask(device.guid, avcFrame(code, isUnit ? unitAddress : device.subunit, frame), signal);
}

/** Properties by the STATUS that tells them: one question for all of the same. */
export function byStatus(names: readonly string[], { properties }: Bindings): ReadonlyMap<string, string[]> {
  return Map.groupBy(names, (name) => properties.get(name)?.statusText ?? "");
}

/** Every name gets a value or an error: `unknown-property`, `device-refused`, `device-silent`, `value-invalid`. */
export async function getProperties(options: AvcDeviceOptions, names: readonly string[]): Promise<Outcome> {
  const bindings = bindingsOf(options.descriptor);
  const values: Record<string, Json> = {};
  const errors: Record<string, ErrorBody> = {};
  for (const group of byStatus(names, bindings).values()) {
    const [first = ""] = group;
    const binding = bindings.properties.get(first);
    if (binding?.status === undefined) {
      for (const name of group) errors[name] = unknownProperty(name).toBody();
      continue;
    }
    try {
      const response = await ask(options, "STATUS", binding.isUnit, binding.status);
      for (const name of group) {
        const value = bindings.properties.get(name)?.read(response.code, told(response));
        if (value === undefined) errors[name] = noValueOf(name, response.code).toBody();
        else values[name] = value;
      }
    } catch (thrown) {
      if (options.signal.aborted) throw thrown;
      for (const name of group) errors[name] = toHomeError(thrown).toBody();
    }
  }
  return { values, errors };
}

/** Every name of `values` gets a value, as the device then tells it, or an error. */
export async function setProperties(options: AvcDeviceOptions, values: JsonObject): Promise<Outcome> {
  const bindings = bindingsOf(options.descriptor);
  const reported: Record<string, Json> = {};
  const errors: Record<string, ErrorBody> = {};
  for (const [name, value] of Object.entries(values)) {
    try {
      const binding = bindings.properties.get(name);
      if (binding === undefined) throw unknownProperty(name);
      if (binding.write === undefined || !isSettable(options.descriptor.properties[name])) {
        throw new HomeError("read-only", `${name} cannot be set at this device`, { name });
      }
      for (const frame of binding.write(value)) await control(options, name, binding.isUnit, frame);
      reported[name] = await readBack(options, binding, value);
    } catch (thrown) {
      if (options.signal.aborted) throw thrown;
      errors[name] = toHomeError(thrown).toBody();
    }
  }
  return { values: reported, errors };
}

/** @throws HomeError `unknown-action`, `value-invalid`. */
export async function invokeAction(options: AvcDeviceOptions, name: string, input: Json): Promise<Outcome> {
  const binding = bindingsOf(options.descriptor).actions.get(name);
  if (binding === undefined || (binding.needsRecording && !options.mayRecord)) {
    throw new HomeError("unknown-action", `the device has no action ${name}`, { name });
  }
  const frames = binding.write(input);
  try {
    for (const frame of frames) await control(options, name, binding.isUnit, frame);
    return { values: {}, errors: {} };
  } catch (thrown) {
    if (options.signal.aborted) throw thrown;
    return { values: {}, errors: { [name]: toHomeError(thrown).toBody() } };
  }
}

/** Without leave nothing is recorded, whatever a descriptor says: the setting is the household's, a descriptor the provider's. */
async function control(options: AvcDeviceOptions, name: string, isUnit: boolean, frame: Uint8Array): Promise<void> {
  const command = avcFrame("CONTROL", isUnit ? unitAddress : options.device.subunit, frame);
  if (!options.mayRecord && beginsRecording(command)) {
    const why = { name, reason: "recording-not-enabled" };
    throw new HomeError("unknown-action", `${name} would record, which the settings do not allow`, why);
  }
  const { code } = await ask(options, "CONTROL", isUnit, frame);
  if (code !== "ACCEPTED") throw refused(name, code);
}

async function readBack(options: AvcDeviceOptions, binding: PropertyBinding, wanted: Json): Promise<Json> {
  const { status, isUnit, read } = binding;
  let value: Json = wanted;
  for (const delayMs of status === undefined ? [] : readBacksMs) {
    await sleep(options.clock, delayMs, options.signal);
    const response = await ask(options, "STATUS", isUnit, status ?? new Uint8Array());
    value = read(response.code, told(response)) ?? wanted;
    if (isSameJson(value, wanted)) break;
  }
  return value;
}

/**
 * The descriptor narrowed to what this device implements: properties whose STATUS it does not know are left out, those
 * whose CONTROL it does not know are read-only, actions likewise. A device that denies every control is taken not to
 * understand the question.
 * @throws HomeError `device-silent`
 */
export async function describeDevice(options: AvcDeviceOptions): Promise<Descriptor> {
  const { descriptor, device } = options;
  const bindings = bindingsOf(descriptor);
  const properties: [string, PropertyDescriptor][] = [];
  const controls = new Map<string, boolean>();
  const inquire = async (name: string, isUnit: boolean, frame: Uint8Array | undefined): Promise<void> => {
    if (frame === undefined) return;
    const { code } = await ask(options, "SPECIFIC INQUIRY", isUnit, frame);
    controls.set(name, code === "IMPLEMENTED/STABLE");
  };
  for (const [name, property] of Object.entries(descriptor.properties)) {
    const binding = bindings.properties.get(name);
    if (binding === undefined) continue;
    if (binding.status !== undefined) {
      const { code } = await ask(options, "STATUS", binding.isUnit, binding.status);
      if (code === "NOT IMPLEMENTED") continue;
    }
    properties.push([name, property]);
    if (isSettable(property)) await inquire(name, binding.isUnit, sampleOf(binding.write, property));
  }
  for (const [name, action] of Object.entries(descriptor.actions ?? {})) {
    const binding = bindings.actions.get(name);
    await inquire(name, binding?.isUnit ?? false, sampleOf(binding?.write, action.input ?? {}));
  }
  const knowsInquiry = [...controls.values()].includes(true);
  const isDenied = (name: string): boolean => knowsInquiry && controls.get(name) === false;
  const mayDo = ([name]: [string, ActionDescriptor]): boolean => {
    const binding = bindings.actions.get(name);
    return binding !== undefined && !isDenied(name) && (options.mayRecord || !binding.needsRecording);
  };
  return {
    ...descriptor,
    ...titlesOf(descriptor, device.modelName),
    properties: Object.fromEntries(
      properties.flatMap(([name, property]) => {
        const { write, status } = bindings.properties.get(name) ?? {};
        const isFixed = isDenied(name) || write === undefined;
        // What can be neither asked nor told is not there.
        if (isFixed && status === undefined) return [];
        return [[name, isFixed ? { ...property, readOnly: true } : property]];
      }),
    ),
    actions: Object.fromEntries(Object.entries(descriptor.actions ?? {}).filter(mayDo)),
  };
}

/** Of several decks each is called by its model. */
export function titlesOf({ titles }: Descriptor, modelName: string | undefined): Pick<Descriptor, "title" | "titles"> {
  if (modelName === undefined || modelName === "") return { title: titles.en, titles };
  const named = { en: `${titles.en} ${modelName}`, ja: `${titles.ja} ${modelName}` };
  return { title: named.en, titles: named };
}

/** Of each kind of value one that some control takes: a word of the schema, on or off, a number, where a tape begins. */
const samples: readonly Json[] = [true, 0, "00:00:00:00", null];

/** A frame with some value that the control takes, to ask whether there is such a control. */
function sampleOf(write: PropertyBinding["write"], { minimum, oneOf = [] }: Pick<DataSchema, "minimum" | "oneOf">) {
  const words = oneOf.flatMap(({ const: word, readOnly }) => (word === undefined || readOnly === true ? [] : [word]));
  for (const value of [...words, ...(minimum === undefined ? [] : [minimum]), ...samples]) {
    try {
      return write?.(value)[0];
    } catch {
      // Another kind of value, then.
    }
  }
  return undefined;
}

const unknownProperty = (name: string): HomeError =>
  new HomeError("unknown-property", `the device has no property ${name}`, { name });

function noValueOf(name: string, code: string): HomeError {
  if (code === "NOT IMPLEMENTED" || code === "REJECTED") return refused(name, code);
  return new HomeError("value-invalid", `what the device tells of ${name} is no value of it`, { name });
}
