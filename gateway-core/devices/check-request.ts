/** Judges a whole command request by the device's narrowed descriptor, before anything is sent. */

import type { Descriptor } from "../contract/descriptor.ts";
import { type ErrorBody, HomeError, toHomeError } from "../contract/errors.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import { checkValue } from "./check-value.ts";

/** What is wrong with each value of a set, by property name; empty when all may be sent. */
export function errorsOfSet(descriptor: Descriptor, values: JsonObject): Readonly<Record<string, ErrorBody>> {
  const errors = Object.entries(values).flatMap(([name, value]) => {
    try {
      checkProperty(descriptor, name, value);
      return [];
    } catch (thrown) {
      return [[name, toHomeError(thrown).toBody()] as const];
    }
  });
  return Object.fromEntries(errors);
}

/** @throws HomeError `unknown-property`, `read-only`, `out-of-range`, `value-invalid`. */
function checkProperty(descriptor: Descriptor, name: string, value: Json): void {
  const schema = Object.hasOwn(descriptor.properties, name) ? descriptor.properties[name] : undefined;
  if (schema === undefined) throw new HomeError("unknown-property", `the device has no property ${name}`, { name });
  if (schema.readOnly === true) throw new HomeError("read-only", `${name} cannot be set at this device`, { name });
  checkValue(name, value, schema);
}

/** @throws HomeError `unknown-action`, `out-of-range`, `value-invalid`. An action without an input schema takes `null` only. */
export function checkAction(descriptor: Descriptor, name: string, input: Json): void {
  const actions = descriptor.actions ?? {};
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) throw new HomeError("unknown-action", `the device has no action ${name}`, { name });
  if (action.input !== undefined) checkValue(name, input, action.input);
  else if (input !== null) throw new HomeError("value-invalid", `${name} takes no input`, { value: input });
}
