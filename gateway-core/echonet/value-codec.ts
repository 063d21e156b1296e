/** What every codec of `gk:bind.echonet.codec` is once parsed, and the two that know nothing of what is inside: words and raw octets. */

import { fromHex, toHex } from "../bytes/hex.ts";
import { HomeError } from "../contract/errors.ts";
import { isSameJson, type Json } from "../contract/json.ts";

/** The present number of a property that multiplies others, by its EPC; undefined while it is not known. */
export type CoefficientOf = (epc: number) => number | undefined;

/** One property value on the wire (EDT) and in the home (JSON). */
export interface ValueCodec {
  /** EPCs whose numbers this codec needs. */
  readonly coefficients: readonly number[];
  /** @throws HomeError `value-invalid` when the octets are no value of this codec. */
  decode(edt: Uint8Array, coefficientOf: CoefficientOf): Json;
  /** @throws HomeError `value-invalid`, or `out-of-range` with minimum and maximum for a number that has no code. */
  encode(value: Json, coefficientOf: CoefficientOf): Uint8Array;
}

/** One JSON value for each EDT: `words` is keyed by lower-case hexadecimal EDT. */
export function mapCodec(words: ReadonlyMap<string, Json>): ValueCodec {
  return {
    coefficients: [],
    decode(edt) {
      const word = words.get(toHex(edt));
      if (word === undefined) throw noValue(edt, "no word stands for these octets");
      return word;
    },
    encode(value) {
      for (const [hex, word] of words) if (isSameJson(word, value)) return fromHex(hex);
      throw notEncodable(value, `one of ${JSON.stringify([...words.values()])}`);
    },
  };
}

/** The octets themselves as lower-case hexadecimal text. */
export const rawCodec: ValueCodec = {
  coefficients: [],
  decode: (edt) => toHex(edt),
  encode(value) {
    if (typeof value !== "string") throw notEncodable(value, "hexadecimal text");
    return fromHex(value);
  },
};

/** The error of octets that a codec has no value for. */
export function noValue(edt: Uint8Array, why: string): HomeError {
  return new HomeError("value-invalid", `EDT ${toHex(edt)}: ${why}`, { edt: toHex(edt) });
}

/** The error of a value that a codec has no octets for. */
export function notEncodable(value: Json, expected: string): HomeError {
  return new HomeError("value-invalid", `${JSON.stringify(value)} is not ${expected}`, { value });
}
