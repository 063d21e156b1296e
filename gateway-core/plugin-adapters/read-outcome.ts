/** Reads what an adapter of another package says became of a call: of each name that was asked for a value or an error, and of no other. */

import type { Outcome } from "../contract/adapter.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import type { ErrorBody } from "../contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";
import { copyJson } from "./copy-json.ts";
import type { Faults } from "./faults.ts";
import { isValue } from "./read-news.ts";

export interface OutcomeOf {
  readonly call: string;
  readonly asked: readonly string[];
  /** Of an action any property may be told, and the action's own error. */
  readonly action?: string;
  readonly descriptor: Descriptor;
  readonly faults: Faults;
}

/** @throws HomeError `adapter-failed` for what is no outcome at all */
export function readOutcome(answer: unknown, { call, asked, action, descriptor, faults }: OutcomeOf): Outcome {
  const copy = copyJson(answer);
  const told = isJsonObject(copy) ? { values: copy["values"], errors: copy["errors"] } : {};
  if (!isJsonObject(told.values) || !isJsonObject(told.errors)) {
    throw faults.fault(call, "it answers no {values, errors}");
  }
  const values: [string, Json][] = [];
  const errors: [string, ErrorBody][] = [];
  const names = action === undefined ? asked : Object.keys(told.values);
  for (const name of names) {
    const [value, error] = [memberOf(told.values, name), memberOf(told.errors, name)];
    if (error !== undefined) errors.push([name, faults.bodyOf(error, call)]);
    else if (value !== undefined && isValue(value, name, descriptor)) values.push([name, value]);
    else errors.push([name, faults.fault(call, `of ${name} there is no value of its kind, and no error`).toBody()]);
  }
  const failed = action === undefined ? undefined : memberOf(told.errors, action);
  if (action !== undefined && failed !== undefined) errors.push([action, faults.bodyOf(failed, call)]);
  return { values: Object.fromEntries(values), errors: Object.fromEntries(errors) };
}

const memberOf = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;
