/** One HAVi element as the session uses it: its properties read, set and described, its actions done, its screen shown. */

import type { Outcome } from "../contract/adapter.ts";
import { type Clock, sleep } from "../contract/clock.ts";
import type { Descriptor, PropertyDescriptor } from "../contract/descriptor.ts";
import { type ErrorBody, HomeError, toHomeError } from "../contract/errors.ts";
import { isSameJson, type Json, type JsonObject } from "../contract/json.ts";
import { refused } from "./avc-binding.ts";
import { titlesOf } from "./avc-device.ts";
import { withScreen } from "./havi/ddi-screen.ts";
import type { HaviRequest } from "./havi/recipe.ts";
import { type HaviBindings, type HaviPropertyBinding, haviBindingsOf } from "./havi-binding.ts";
import type { HaviDevice } from "./havi-discovery.ts";
import type { HaviMessenger } from "./havi-messenger.ts";
import type { HaviScreen } from "./havi-screen.ts";

export interface HaviDeviceOptions {
  readonly device: HaviDevice;
  readonly descriptor: Descriptor;
  readonly messenger: HaviMessenger;
  /** Of a device that sends one. */
  readonly screen: HaviScreen | undefined;
  readonly clock: Clock;
  readonly mayRecord: boolean;
  readonly signal: AbortSignal;
}

/** When to read back what was set: at once, and while the device still tells another value, a little later. */
const readBacksMs = [0, 100, 300, 600];
/** What an element answers to a call that it does not have. */
const notThere: readonly unknown[] = ["UNKNOWN_MESSAGE", "NOT_IMPLEMENTED", "NOT_SUPPORTED", "NO_PROT"];

/** Properties by the call that tells them: one question for all of the same. */
export function byCall(names: readonly string[], { properties }: HaviBindings): ReadonlyMap<string, string[]> {
  return Map.groupBy(names, (name) => properties.get(name)?.getText ?? "");
}

/** Sends what a recipe made; answers the results. @throws HomeError `device-refused` where they say so, and as HaviMessenger.call does. */
export async function ask(options: HaviDeviceOptions, request: HaviRequest, name: string): Promise<JsonObject> {
  const { messenger, device, signal } = options;
  const results = await messenger.call(device.element.seid, request.form, request.fields, signal);
  for (const [field, wanted] of Object.entries(request.expected)) {
    const told = String(results[field]);
    if (!told.startsWith(String(wanted))) throw refused(name, told);
  }
  return results;
}

/** What one call tells of the properties that it is the call of; undefined for what it does not. */
export async function read(
  options: HaviDeviceOptions,
  names: readonly string[],
): Promise<ReadonlyMap<string, Json | undefined>> {
  const { properties } = haviBindingsOf(options.descriptor);
  const [first = ""] = names;
  const request = properties.get(first)?.get;
  if (request === undefined) throw unknownProperty(first);
  const results = await ask(options, request, first);
  return new Map(names.map((name) => [name, properties.get(name)?.read(results)]));
}

/** Every name gets a value or an error: `unknown-property`, `device-refused`, `device-silent`, `value-invalid`. */
export async function getHaviProperties(options: HaviDeviceOptions, names: readonly string[]): Promise<Outcome> {
  const values: Record<string, Json> = {};
  const errors: Record<string, ErrorBody> = {};
  const [shown, asked] = [true, false].map((is) => names.filter((name) => isShown(options, name) === is));
  for (const name of shown ?? []) {
    const value = options.screen?.screen.values[name];
    if (value === undefined) errors[name] = noValueOf(name).toBody();
    else values[name] = value;
  }
  for (const group of byCall(asked ?? [], haviBindingsOf(options.descriptor)).values()) {
    try {
      for (const [name, value] of await read(options, group)) {
        if (value === undefined) errors[name] = noValueOf(name).toBody();
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
export async function setHaviProperties(options: HaviDeviceOptions, values: JsonObject): Promise<Outcome> {
  const reported: Record<string, Json> = {};
  const errors: Record<string, ErrorBody> = {};
  for (const [name, value] of Object.entries(values)) {
    try {
      reported[name] = isShown(options, name) ? await setShown(options, name, value) : await set(options, name, value);
    } catch (thrown) {
      if (options.signal.aborted) throw thrown;
      errors[name] = toHomeError(thrown).toBody();
    }
  }
  return { values: reported, errors };
}

async function setShown({ screen, signal }: HaviDeviceOptions, name: string, value: Json): Promise<Json> {
  await screen?.act(name, value, signal);
  return screen?.screen.values[name] ?? value;
}

async function set(options: HaviDeviceOptions, name: string, value: Json): Promise<Json> {
  const binding = haviBindingsOf(options.descriptor).properties.get(name);
  if (binding === undefined) throw unknownProperty(name);
  if (binding.write === undefined || options.descriptor.properties[name]?.readOnly === true) {
    throw new HomeError("read-only", `${name} cannot be set at this device`, { name });
  }
  await ask(options, binding.write(value), name);
  return readBack(options, name, binding, value);
}

async function readBack(options: HaviDeviceOptions, name: string, { get }: HaviPropertyBinding, wanted: Json) {
  let value = wanted;
  for (const delayMs of get === undefined ? [] : readBacksMs) {
    await sleep(options.clock, delayMs, options.signal);
    value = (await read(options, [name])).get(name) ?? wanted;
    if (isSameJson(value, wanted)) break;
  }
  return value;
}

/** @throws HomeError `unknown-action`, `value-invalid`. */
export async function invokeHaviAction(options: HaviDeviceOptions, name: string, input: Json): Promise<Outcome> {
  const binding = haviBindingsOf(options.descriptor).actions.get(name);
  const isPressed = isShown(options, name);
  if (!isPressed && (binding === undefined || (binding.needsRecording && !options.mayRecord))) {
    throw new HomeError("unknown-action", `the device has no action ${name}`, { name });
  }
  const requests = (binding?.write ?? []).map((make) => make(input));
  try {
    if (isPressed) await options.screen?.act(name, input, options.signal);
    for (const request of requests) await ask(options, request, name);
    return { values: {}, errors: {} };
  } catch (thrown) {
    if (options.signal.aborted) throw thrown;
    return { values: {}, errors: { [name]: toHomeError(thrown).toBody() } };
  }
}

/**
 * The descriptor narrowed to this element, and the screen that it sends behind it: properties whose call it does not have
 * are left out, what no recipe sets is read-only.
 * @throws HomeError `device-silent`
 */
export async function describeHaviDevice(options: HaviDeviceOptions): Promise<Descriptor> {
  const { device, screen, signal, mayRecord } = options;
  // Streams between HAVi plugs are not built.
  const { "gk:stream": _, ...descriptor } = options.descriptor;
  const bindings = haviBindingsOf(options.descriptor);
  const missing = new Set<string>();
  for (const group of byCall(Object.keys(descriptor.properties), bindings).values()) {
    const isThere = await answers(options, group);
    if (!isThere) for (const name of group) missing.add(name);
  }
  const properties = Object.entries(descriptor.properties).flatMap(
    ([name, property]): [string, PropertyDescriptor][] => {
      const binding = bindings.properties.get(name);
      if (binding === undefined || missing.has(name)) return [];
      const isFixed = binding.write === undefined;
      if (isFixed && binding.get === undefined) return [];
      return [[name, isFixed ? { ...property, readOnly: true } : property]];
    },
  );
  const actions = Object.entries(descriptor.actions ?? {}).filter(([name]) => {
    const binding = bindings.actions.get(name);
    return binding !== undefined && (mayRecord || !binding.needsRecording);
  });
  const narrowed = {
    ...descriptor,
    ...titlesOf(descriptor, device.element.name),
    properties: Object.fromEntries(properties),
    actions: Object.fromEntries(actions),
  };
  if (screen === undefined) return narrowed;
  await screen.open(signal).catch((thrown) => {
    // It promised a screen and does not send one: it is as good as one that has none.
    if (toHomeError(thrown).code === "device-silent" || signal.aborted) throw thrown;
  });
  return withScreen(narrowed, screen.screen);
}

/** Whether the element has the call that tells these. */
async function answers(options: HaviDeviceOptions, group: readonly string[]): Promise<boolean> {
  const [first = ""] = group;
  if (haviBindingsOf(options.descriptor).properties.get(first)?.get === undefined) return true;
  try {
    await read(options, group);
    return true;
  } catch (thrown) {
    const { code, details } = toHomeError(thrown);
    if (code === "device-silent" || options.signal.aborted) throw thrown;
    return code === "device-refused" && !notThere.includes(details["response"]);
  }
}

const isShown = ({ screen }: HaviDeviceOptions, name: string): boolean => screen?.screen.items.has(name) === true;

const unknownProperty = (name: string): HomeError =>
  new HomeError("unknown-property", `the device has no property ${name}`, { name });
const noValueOf = (name: string): HomeError =>
  new HomeError("value-invalid", `what the device tells of ${name} is no value of it`, { name });
