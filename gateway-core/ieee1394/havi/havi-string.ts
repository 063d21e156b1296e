/**
 * How a HAVi string stands on the wire: two octets of length, then UTF-8. A reconstruction from an open implementation;
 * HAVi 1.1 calls it `wstring` and its form could not be checked, so that nothing but this file knows it.
 */

import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";
import type { Json } from "../../contract/json.ts";
import { notEncodable, noValue } from "../value-checks.ts";

const longestOctets = 0xffff;

/** @throws HomeError `frame-malformed` with `offset` */
export function readHaviString(reader: ByteReader): string {
  const octets = reader.octets(reader.uint(2));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    throw noValue("a string that is no UTF-8", reader.offset - octets.length);
  }
}

/** @throws HomeError `value-invalid` */
export function writeHaviString(value: Json | undefined, writer: ByteWriter): void {
  const octets = new TextEncoder().encode(typeof value === "string" ? value : "");
  if (typeof value !== "string" || octets.length > longestOctets) throw notEncodable(value, "a text of 65535 octets");
  writer.uint(octets.length, 2).octets(octets);
}
