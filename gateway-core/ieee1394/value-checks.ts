/** What a value from outside must be before it is written as octets, and the errors that say so. */

import { fromHex } from "../bytes/hex.ts";
import { HomeError } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";

/** @throws HomeError `value-invalid` unless it is a whole number of 0 to `maximum`. */
export function wholeNumber(value: Json | undefined, maximum: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= maximum) return value;
  throw notEncodable(value, `a whole number of 0 to ${maximum}`);
}

/** @throws HomeError `value-invalid` unless it is hexadecimal text. */
export function octetsOf(value: Json | undefined): Uint8Array {
  if (typeof value === "string") return fromHex(value);
  throw notEncodable(value, "hexadecimal text");
}

/** The error of a value that has no octets. */
export function notEncodable(value: Json | undefined, expected: string): HomeError {
  return new HomeError("value-invalid", `${JSON.stringify(value)} is not ${expected}`, { value: value ?? null });
}

/** The error of octets that hold no value of the kind expected there. */
export function noValue(why: string, offset: number): HomeError {
  return new HomeError("frame-malformed", `${why}, at offset ${offset}`, { offset });
}
