/** Numbers of 1 to 4 octets, with scale, offset, coefficients and codes that are words instead. */

import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import { big, hex, octets, unsigned } from "../wire/octets.ts";
import type { Codec, NumberOf } from "./codec.ts";

/**
 * Undefined for a format that is none: `uint8` to `int32`. `minimum` and `maximum` bound its raw codes (others belong to
 * another alternative of a union); with a `prefix` the value is a text such as "+3".
 */
export function numberCodec(format: string, form: JsonObject, numberOf: NumberOf): Codec | undefined {
  const [, sign, bits] = /^(u?)int(8|16|24|32)$/.exec(format) ?? [];
  if (bits === undefined) return undefined;
  const length = lengths[Number(bits) / 8 - 1] ?? 1;
  const span = 2 ** Number(bits);
  const first = sign === "u" ? 0 : -span / 2;
  const { scale = 1, offset = 0, coefficient = [], special = {}, prefix = "" } = form;
  const { minimum = first, maximum = first + span - 1 } = form;
  const isCode = (raw: number): boolean => raw >= Number(minimum) && raw <= Number(maximum);
  const codes = isJsonObject(special) ? Object.entries(special).map(([key, word]) => [key.slice(2), word]) : [];
  const words = codes.map(([code, word]) => ({ code: String(code).toLowerCase(), word }));
  const factorEpcs = Array.isArray(coefficient) ? coefficient.map(Number) : [];
  const factor = (): number => factorEpcs.reduce((product, epc) => product * (numberOf(epc) ?? 1), 1);

  return {
    encode(value: Json) {
      const code = words.find(({ word }) => word === value)?.code;
      if (code !== undefined) return octets(code);
      const number = numberBehind(String(prefix), value);
      if (number === undefined) return undefined;
      const exact = (number / factor() - Number(offset)) / Number(scale);
      const raw = Math.round(exact);
      if (Math.abs(raw - exact) > 1e-6 * Math.max(1, Math.abs(raw)) || !isCode(raw)) return undefined;
      const edt = big(raw, length);
      return words.some((word) => word.code === hex(edt)) ? undefined : edt;
    },
    decode(edt) {
      const word = words.find(({ code }) => code === hex(edt))?.word;
      if (word !== undefined) return word;
      const raw = unsigned(edt) >= first + span ? unsigned(edt) - span : unsigned(edt);
      if (edt.length !== length || !isCode(raw)) return undefined;
      const number = Number(((raw * Number(scale) + Number(offset)) * factor()).toPrecision(12));
      return prefix === "" ? number : `${prefix}${number}`;
    },
  };
}

const lengths = [1, 2, 3, 4] as const;

function numberBehind(prefix: string, value: Json): number | undefined {
  if (prefix === "") return typeof value === "number" ? value : undefined;
  const digits = typeof value === "string" && value.startsWith(prefix) ? value.slice(prefix.length) : "";
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}
