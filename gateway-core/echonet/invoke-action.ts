/** Carries out an action of one object: a property set once, and never twice (contract Session.invoke). */

import type { Outcome } from "../contract/adapter.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";
import type { DeviceObject } from "./device-object.ts";
import { actionBindingsOf } from "./echonet-binding.ts";
import { refusedError } from "./set-properties.ts";

const nowhere = (): undefined => undefined;

/**
 * Sends the input, or the binding's own `value` where the action takes none.
 * @throws HomeError `unknown-action`, `value-invalid`, `out-of-range`.
 */
export async function invokeAction(
  object: DeviceObject,
  descriptor: Descriptor,
  name: string,
  input: Json,
  signal: AbortSignal,
): Promise<Outcome> {
  const binding = actionBindingsOf(descriptor, nowhere).get(name);
  if (binding === undefined) throw new HomeError("unknown-action", `the device has no action ${name}`, { name });
  const { epc, codec, value } = binding;
  const edt = codec.encode(input ?? value, nowhere);
  try {
    const { refused } = await object.write([{ epc, edt }], { attempts: 1, signal });
    return { values: {}, errors: refused.has(epc) ? { [name]: refusedError([epc]).toBody() } : {} };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return { values: {}, errors: { [name]: toHomeError(thrown).toBody() } };
  }
}
