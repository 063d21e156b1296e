/** Judges a command's value by the data schema of its property or action input (WoT TD 1.1 §5.3.2, JSON Schema words). */

import { validate } from "jsonschema";
import type { Branch, DataSchema } from "../contract/descriptor.ts";
import { HomeError } from "../contract/errors.ts";
import type { Json, JsonObject } from "../contract/json.ts";

/**
 * Returns when the value may be sent to the device.
 * @throws HomeError `out-of-range` with {value, minimum, maximum, multipleOf} for a number that the schema's numbers do
 * not hold; `value-invalid` with {value, allowed?} for anything else. `null` means "not yet known", so it is never settable.
 */
export function checkValue(name: string, value: Json, schema: DataSchema): void {
  if (value !== null && conforms(value, settable(schema))) return;
  const range = typeof value === "number" ? numberRange(schema) : undefined;
  if (range !== undefined) throw new HomeError("out-of-range", outside(name, value, range), { value, ...range });
  const allowed = words(schema);
  const message = `${name} cannot be ${JSON.stringify(value)}`;
  throw new HomeError("value-invalid", message, allowed.length > 0 ? { value, allowed } : { value });
}

function conforms(value: Json, schema: DataSchema): boolean {
  try {
    return validate(value, schema).valid;
  } catch (cause) {
    throw new HomeError("descriptor-invalid", "the descriptor's data schema cannot be applied", {}, cause);
  }
}

/** A word that only the device says ("not set") is marked read-only in its branch and is no command. */
function settable(schema: DataSchema): DataSchema {
  return schema.oneOf === undefined ? schema : { ...schema, oneOf: settableBranches(schema) };
}

function settableBranches(schema: DataSchema): readonly Branch[] {
  return (schema.oneOf ?? []).filter((branch) => branch.readOnly !== true);
}

function words(schema: DataSchema): Json[] {
  return settableBranches(schema).flatMap((branch) => (branch.const === undefined ? [] : [branch.const]));
}

/** The first numeric part of the schema: its own, or that of a branch. */
function numberRange(schema: DataSchema): JsonObject | undefined {
  const numeric = [schema, ...settableBranches(schema)].find(({ type }) => type === "number" || type === "integer");
  if (numeric === undefined) return undefined;
  const { minimum, maximum, multipleOf = numeric.type === "integer" ? 1 : undefined } = numeric;
  return {
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(multipleOf !== undefined && { multipleOf }),
  };
}

function outside(name: string, value: Json, { minimum, maximum, multipleOf }: JsonObject): string {
  const range = [
    minimum !== undefined && `at least ${minimum}`,
    maximum !== undefined && `at most ${maximum}`,
    multipleOf !== undefined && `in steps of ${multipleOf}`,
  ].filter((part) => part !== false);
  return `${name} cannot be ${value}: it must be ${range.join(", ")}`;
}
