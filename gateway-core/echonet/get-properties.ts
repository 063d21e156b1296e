/** Gets properties of one object on request (contract Session.get). */

import type { Outcome } from "../contract/adapter.ts";
import { type ErrorBody, HomeError, toHomeError } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";
import type { DeviceObject } from "./device-object.ts";
import { formatEpc } from "./eoj.ts";
import type { ReadCall, Reading } from "./property-reader.ts";
import type { Translation } from "./property-translation.ts";
import { refusedError } from "./set-properties.ts";

/** Every name gets a value or an error: `unknown-property`, `device-refused` with `refused`, `device-silent`, `value-invalid`. */
export async function getProperties(
  object: DeviceObject,
  translation: Translation,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  const bindings = names.flatMap((name) => translation.bindings.get(name) ?? []);
  const epcs = new Set(
    bindings.flatMap(({ epc, codec }) => [epc, ...codec.coefficients.filter((c) => object.canGet(c))]),
  );
  const reading = await readOrSilence(object, [...epcs], { priority: "get", signal, selectors: translation.selectors });
  const values: Record<string, Json> = {};
  const errors: Record<string, ErrorBody> = {};
  for (const name of names) {
    const epc = translation.bindings.get(name)?.epc;
    const told = epc !== undefined && reading.values.has(epc) ? translation.valuesOf(epc) : [];
    const value = told.find(([other]) => other === name);
    if (value === undefined) errors[name] = whyNot(name, epc, reading).toBody();
    else values[name] = value[1];
  }
  return { values, errors };
}

function whyNot(name: string, epc: number | undefined, { values, refused }: Reading): HomeError {
  if (epc === undefined) return new HomeError("unknown-property", `the device has no property ${name}`, { name });
  if (refused.has(epc)) return refusedError([epc]);
  if (values.has(epc))
    return new HomeError("value-invalid", `what the device tells of ${name} is no value of it`, { name });
  return new HomeError("device-silent", `the device did not tell ${name}`, { silent: [formatEpc(epc)] });
}

async function readOrSilence(object: DeviceObject, epcs: readonly number[], call: ReadCall): Promise<Reading> {
  try {
    return await object.read(epcs, call);
  } catch (thrown) {
    if (call.signal.aborted || toHomeError(thrown).code !== "device-silent") throw thrown;
    return { values: new Map(), refused: new Set(), silent: new Set(epcs) };
  }
}
