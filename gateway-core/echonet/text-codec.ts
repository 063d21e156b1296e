/** Texts in EDTs: ASCII or UTF-8, of one length and then filled up with zeros, or as long as they are. */

import type { Json } from "../contract/json.ts";
import { notEncodable, noValue, type ValueCodec } from "./value-codec.ts";

/** What may stand in a text of each encoding. */
const letters = {
  ascii: /^[ -~]*$/,
  "utf-8": /^\P{Cc}*$/u,
} as const;

const blank = 0x20;

export type TextEncodingName = keyof typeof letters;

export function isTextEncoding(name: unknown): name is TextEncodingName {
  return typeof name === "string" && Object.hasOwn(letters, name);
}

/** Devices fill up with zeros or with blanks: neither is part of the text. */
export function textCodec(encoding: TextEncodingName, length: number | undefined): ValueCodec {
  return {
    coefficients: [],
    decode(edt) {
      const end = 1 + edt.findLastIndex((octet) => octet !== 0 && octet !== blank);
      const text = textOf(edt.subarray(0, end));
      if (letters[encoding].test(text)) return text;
      throw noValue(edt, `it is no text of ${encoding}`);
    },
    encode(value) {
      const octets = octetsOf(value, encoding);
      if (length === undefined) return octets;
      if (octets.length > length) throw notEncodable(value, `a text of ${length} octets at most`);
      const edt = new Uint8Array(length);
      edt.set(octets);
      return edt;
    },
  };

  function textOf(edt: Uint8Array): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(edt);
    } catch {
      throw noValue(edt, `it is no text of ${encoding}`);
    }
  }
}

function octetsOf(value: Json, encoding: TextEncodingName): Uint8Array {
  if (typeof value !== "string" || !letters[encoding].test(value)) throw notEncodable(value, `a text of ${encoding}`);
  return new TextEncoder().encode(value);
}
