/** What the data schema of a property says of its values: which a controller may set, and within which numbers they are. */

import type { DataSchema } from "../../gateway-core/contract/descriptor.ts";
import { isJsonObject, isSameJson, type Json } from "../../gateway-core/contract/json.ts";

export interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
}

/** Of a number, or of the branch of a union that is one. Undefined: it is no number, or has no range. */
export function numberRange({ type, oneOf = [], ...schema }: DataSchema): NumberRange | undefined {
  const branch = [{ type, ...schema }, ...oneOf].find((one) => one.type === "number" || one.type === "integer");
  if (branch?.minimum === undefined || branch.maximum === undefined) return undefined;
  return { minimum: branch.minimum, maximum: branch.maximum, step: branch.multipleOf ?? 1 };
}

/** Whether a controller may set this value: a word that is not for reading only, a number within its range. */
export function isSettable(value: Json, schema: DataSchema): boolean {
  const { oneOf, properties = {}, items } = schema;
  if (oneOf !== undefined) {
    return oneOf.some((branch) => {
      if (branch.const !== undefined) return branch.readOnly !== true && isSameJson(branch.const, value);
      return typeof value === "number"
        ? isWithin(value, branch)
        : branch.type === typeof value && isLike(value, branch);
    });
  }
  if (typeof value === "number") return isWithin(value, schema);
  if (typeof value === "string") return isLike(value, schema);
  if (Array.isArray(value)) return items === undefined || value.every((item) => isSettable(item, items));
  if (!isJsonObject(value)) return true;
  return Object.entries(value).every(([name, member]) => {
    const of = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return of === undefined || isSettable(member, of);
  });
}

/** The number of the range that is nearest. */
export function clipped(value: number, { minimum, maximum }: NumberRange): number {
  return Math.min(Math.max(value, minimum), maximum);
}

function isWithin(value: number, { minimum = -Infinity, maximum = Infinity }: DataSchema): boolean {
  return value >= minimum && value <= maximum;
}

function isLike(value: Json, { pattern }: DataSchema): boolean {
  return typeof value !== "string" || pattern === undefined || new RegExp(pattern, "u").test(value);
}
