/** Octets as lower-case hexadecimal text without prefix, the form of every wire value that a person or a test reads. */

import { HomeError } from "../contract/errors.ts";

/** Both digits of every octet: values are looked up by their hexadecimal text, with every frame that arrives. */
const digits = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));

export function toHex(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += digits[octet];
  return text;
}

/**
 * @throws HomeError `value-invalid` with `offset`, the octet that cannot be read, when the text is not an even number of
 * hexadecimal digits (either case).
 */
export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) {
    const stranger = text.search(/[^0-9a-f]/i);
    const offset = Math.floor((stranger < 0 ? text.length : stranger) / 2);
    throw new HomeError("value-invalid", `"${text}" is no even number of hexadecimal digits`, { value: text, offset });
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  );
}
