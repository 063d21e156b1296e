/** What stands in a table of JSON, by its kind; a table is data, and may one day come from outside. */

import { HomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";

/** Two hexadecimal digits as a number. @throws HomeError `descriptor-invalid` */
export function octetOf(hex: unknown): number {
  if (typeof hex === "string" && /^[0-9a-f]{2}$/.test(hex)) return Number.parseInt(hex, 16);
  throw invalid(hex, "two hexadecimal digits");
}

/** @throws HomeError `descriptor-invalid` */
export function objectOf(value: unknown): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalid(value, "an object");
}

/** @throws HomeError `descriptor-invalid` */
export function arrayOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(value, "an array");
}

/** @throws HomeError `descriptor-invalid` */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw invalid(value, "a text");
}

/** @throws HomeError `descriptor-invalid` */
export function numberOf(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw invalid(value, "a whole number");
}

/** The error of what is not in the grammar of a table. */
export function invalid(value: unknown, expected: string): HomeError {
  return new HomeError("descriptor-invalid", `${JSON.stringify(value)} is not ${expected}`);
}
