/** Texts, in ASCII or UTF-8: filled up with zeros where they have a length. */

import type { Codec } from "./codec.ts";

const printable: Readonly<Record<string, RegExp>> = { ascii: /^[ -~]*$/, "utf-8": /^\P{Cc}*$/u };

/** Undefined for an encoding that is neither. */
export function textCodec(encoding: string, length: number | undefined): Codec | undefined {
  const pattern = Object.hasOwn(printable, encoding) ? printable[encoding] : undefined;
  if (pattern === undefined) return undefined;
  return {
    encode(value) {
      if (typeof value !== "string" || !pattern.test(value)) return undefined;
      const text = new TextEncoder().encode(value);
      if (length === undefined) return text;
      if (text.length > length) return undefined;
      const edt = new Uint8Array(length);
      edt.set(text);
      return edt;
    },
    decode(edt) {
      if (length !== undefined && edt.length !== length) return undefined;
      const text = new TextDecoder().decode(edt).replace(/[\0 ]+$/, "");
      return pattern.test(text) && !text.includes("\ufffd") ? text : undefined;
    },
  };
}
