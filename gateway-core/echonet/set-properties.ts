/** Sets properties of one object in as few frames as can be, and reads back what it made of them (contract Session.set). */

import { isSameOctets } from "../bytes/same-octets.ts";
import type { Outcome } from "../contract/adapter.ts";
import { type Clock, sleep } from "../contract/clock.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import { type ErrorBody, HomeError, toHomeError } from "../contract/errors.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import type { DeviceObject } from "./device-object.ts";
import { isReadable, isSettable } from "./echonet-binding.ts";
import { formatEpc } from "./eoj.ts";
import { packed } from "./packed.ts";
import type { Translation } from "./property-translation.ts";

export interface SetCall {
  readonly object: DeviceObject;
  readonly descriptor: Descriptor;
  readonly translation: Translation;
  readonly values: JsonObject;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

interface Wanted {
  readonly name: string;
  readonly epc: number;
  /** Those with the same one are set by one frame. */
  readonly unit: number;
  readonly edt: Uint8Array;
  readonly value: Json;
}

const attempts = 3;
/** When to read back: at once, and while the device still tells another value, a little later. */
const readBacksMs = [0, 100, 300, 600];

/** Every name of `values` gets a value or an error: `device-refused` with `refused`, `device-silent`, `unknown-property`, `read-only`, `value-invalid`, `out-of-range`. */
export async function setProperties(call: SetCall): Promise<Outcome> {
  const errors = new Map<string, ErrorBody>();
  const wanted = Object.entries(call.values).flatMap(([name, value]) => {
    try {
      return [prepare(call, name, value)];
    } catch (thrown) {
      errors.set(name, toHomeError(thrown).toBody());
      return [];
    }
  });
  const accepted: Wanted[] = [];
  const units = [...Map.groupBy(wanted, ({ unit }) => unit).values()];
  for (const frame of packed(units, call.object.mostInFrame)) {
    accepted.push(...(await write(call, frame.flat(), errors)));
  }
  const values = await readBack(call, accepted);
  return { values: Object.fromEntries(values), errors: Object.fromEntries(errors) };
}

function prepare({ descriptor, translation }: SetCall, name: string, value: Json): Wanted {
  const binding = translation.bindings.get(name);
  if (binding === undefined) throw new HomeError("unknown-property", `the device has no property ${name}`, { name });
  if (!isSettable(descriptor.properties[name])) {
    throw new HomeError("read-only", `${name} cannot be set at this device`, { name });
  }
  const { epc, atomic: unit = epc } = binding;
  return { name, epc, unit, edt: translation.encode(binding, value), value };
}

/** One frame; what of it was accepted. */
async function write(
  { object, signal }: SetCall,
  wanted: readonly Wanted[],
  errors: Map<string, ErrorBody>,
): Promise<Wanted[]> {
  try {
    const { refused } = await object.write(wanted, { attempts, signal });
    for (const { name, epc } of wanted) if (refused.has(epc)) errors.set(name, refusedError([epc]).toBody());
    return wanted.filter(({ epc }) => !refused.has(epc));
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    for (const { name } of wanted) errors.set(name, toHomeError(thrown).toBody());
    return [];
  }
}

/** What the device tells of what it accepted; the wanted value for what it does not tell. */
async function readBack(call: SetCall, accepted: readonly Wanted[]): Promise<Map<string, Json>> {
  const { object, descriptor, translation, clock, signal } = call;
  const values = new Map(accepted.map(({ name, value }) => [name, value]));
  const told = accepted.filter(({ name, epc }) => isReadable(descriptor.properties[name]) && object.canGet(epc));
  // What a set selects is told with it, before another set selects something else.
  const set = new Set(accepted.map(({ epc }) => epc));
  const selects = ([epc, selector]: readonly [number, number]): boolean => set.has(selector) && object.canGet(epc);
  const selected = [...translation.selectors].filter(selects).map(([epc]) => epc);
  let open = told;
  for (const delayMs of readBacksMs) {
    if (open.length === 0 && (delayMs > 0 || selected.length === 0)) break;
    if (delayMs > 0) await sleep(clock, delayMs, signal);
    const epcs = new Set([...open.map(({ epc }) => epc), ...selected]);
    const edts = await readNow(object, [...epcs], translation, signal);
    open = open.filter(({ epc, edt }) => edts.has(epc) && !isSameOctets(edts.get(epc), edt));
  }
  for (const { name, epc } of told) {
    const reported = translation.valuesOf(epc).find(([other]) => other === name);
    if (reported !== undefined) values.set(name, reported[1]);
  }
  return values;
}

async function readNow(
  object: DeviceObject,
  epcs: readonly number[],
  { selectors }: Translation,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Uint8Array>> {
  try {
    return (await object.read(epcs, { priority: "set", signal, selectors })).values;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return new Map();
  }
}

export function refusedError(epcs: readonly number[]): HomeError {
  const refused = epcs.map(formatEpc);
  return new HomeError("device-refused", `the device refused ${refused.join(", ")}`, { refused });
}
