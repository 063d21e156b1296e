/** Shift_JIS for the terminals that read nothing else: pages go out in it, forms come back in it. Pure. */

import { decode, encode } from "iconv-lite";

/** What it has no sign for is a question mark, as every terminal shows it. */
export const encodeShiftJis = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(encode(text.replaceAll("〜", "～").replaceAll("…", "..").replaceAll("–", "-"), "Shift_JIS"));

/** A form (`application/x-www-form-urlencoded`) whose octets are Shift_JIS, as one whose octets are UTF-8. */
export function formFromShiftJis(body: string): string {
  const text = (part: string): string => {
    const octets = part
      .replaceAll("+", " ")
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return decode(Buffer.from(octets, "latin1"), "Shift_JIS");
  };
  const pairs = body.split("&").filter((pair) => pair !== "");
  return new URLSearchParams(
    pairs.map((pair): [string, string] => {
      const at = pair.indexOf("=");
      return at < 0 ? [text(pair), ""] : [text(pair.slice(0, at)), text(pair.slice(at + 1))];
    }),
  ).toString();
}
