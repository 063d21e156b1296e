/** The kinds of values that AV/C operands hold, each on the wire and in JSON; what one reads, it writes back as it was. */

import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";
import { toHex } from "../../bytes/hex.ts";
import { isJsonObject, type Json, type JsonObject } from "../../contract/json.ts";
import { notEncodable, noValue, octetsOf, wholeNumber } from "../value-checks.ts";
import subunitTypes from "./subunit-types.json" with { type: "json" };

export interface OperandValue {
  /** `before` holds the fields read so far. @throws HomeError `frame-malformed` with `offset` where the octets hold no such value. */
  read(reader: ByteReader, before: JsonObject): Json;
  /** `fields` holds all. @throws HomeError `value-invalid` */
  write(value: Json, writer: ByteWriter, fields: JsonObject): void;
}

/** A whole number of 1 to 6 octets. */
export function uintValue(octetCount: number): OperandValue {
  return {
    read: (reader) => reader.uint(octetCount),
    write: (value, writer) => void writer.uint(wholeNumber(value, 256 ** octetCount - 1), octetCount),
  };
}

/** One octet that says nothing when it is 0xff: what a question leaves open. */
export const octetValue: OperandValue = {
  read(reader) {
    const octet = reader.uint(1);
    return octet === 0xff ? null : octet;
  },
  write: (value, writer) => void writer.uint(value === null ? 0xff : wholeNumber(value, 0xfe), 1),
};

/** So many octets as hexadecimal text: a number of them, all that are left, or as many as an earlier field says. */
export function hexValue(count: number | "rest" | { readonly field: string }): OperandValue {
  const countIn = (fields: JsonObject, remaining: number): number => {
    if (count === "rest") return remaining;
    return typeof count === "number" ? count : Number(fields[count.field]);
  };
  return {
    read: (reader, before) => toHex(reader.octets(countIn(before, reader.remaining))),
    write(value, writer, fields) {
      const octets = octetsOf(value);
      const expected = countIn(fields, octets.length);
      if (octets.length !== expected) throw notEncodable(value, `${expected} octets`);
      writer.octets(octets);
    },
  };
}

/** One octet by its word. One that has no word is its two digits, unless `isClosed`: then it is not this operand at all. */
export function wordValue(words: ReadonlyMap<number, string>, isClosed: boolean): OperandValue {
  return {
    read(reader) {
      const octet = reader.uint(1);
      const word = words.get(octet);
      if (word === undefined && isClosed) throw noValue("no word stands for this octet", reader.offset - 1);
      return word ?? toHex(Uint8Array.of(octet));
    },
    write: (value, writer) => void writer.uint(codeOfWord(value, words, isClosed), 1),
  };
}

/** The number that a word stands for, or that two hexadecimal digits write. @throws HomeError `value-invalid` */
export function codeOfWord(value: Json | undefined, words: ReadonlyMap<number, string>, isClosed: boolean): number {
  for (const [code, word] of words) if (word === value) return code;
  if (!isClosed && typeof value === "string" && /^[0-9a-f]{2}$/.test(value)) return Number.parseInt(value, 16);
  throw notEncodable(value, `one of ${[...words.values()].join(", ")}`);
}

/** Octets whose number is told by the first: `[from, to, count]` for the first octets that there are. */
export function typedValue(kinds: readonly (readonly [number, number, number])[]): OperandValue {
  const countOf = (first: number | undefined): number | undefined =>
    kinds.find(([from, to]) => first !== undefined && from <= first && first <= to)?.[2];
  return {
    read(reader) {
      const first = reader.uint(1);
      const count = countOf(first);
      if (count === undefined) throw noValue("this type is not known", reader.offset - 1);
      return toHex(Uint8Array.of(first, ...reader.octets(count - 1)));
    },
    write(value, writer) {
      const octets = octetsOf(value);
      if (countOf(octets[0]) !== octets.length) throw notEncodable(value, "of a known type and its length");
      writer.octets(octets);
    },
  };
}

/** Words of the 5-bit subunit types (AV/C General 4.2, table 7.3). */
export const subunitWords: ReadonlyMap<number, string> = new Map(
  Object.entries(subunitTypes).map(([hex, word]) => [Number.parseInt(hex, 16), word]),
);

const subunitOf = (octet: number): JsonObject => ({
  type: subunitWords.get(octet >> 3) ?? toHex(Uint8Array.of(octet >> 3)),
  id: octet & 7,
});

/** One octet that names a subunit: `{type, id}`; the unit itself is `{type: "unit", id: 7}`. */
export const subunitValue: OperandValue = {
  read: (reader) => subunitOf(reader.uint(1)),
  write(value, writer) {
    if (!isJsonObject(value)) throw notEncodable(value, "a subunit of type and id");
    const type = wholeNumber(codeOfWord(value["type"], subunitWords, false), 0x1f);
    writer.uint((type << 3) | wholeNumber(value["id"], 7), 1);
  },
};

/** A table of `count` subunits, 0xff where there are fewer; `id` is the highest of each type. */
export function subunitsValue(count: number): OperandValue {
  return {
    read(reader) {
      const octets = reader.octets(count);
      const used = [...octets, 0xff].indexOf(0xff);
      const isFilled = octets.subarray(used).every((octet) => octet === 0xff);
      if (!isFilled) throw noValue("the table of subunits has a gap", reader.offset - count);
      return Array.from(octets.subarray(0, used), subunitOf);
    },
    write(value, writer, fields) {
      if (!Array.isArray(value) || value.length > count) throw notEncodable(value, `at most ${count} subunits`);
      for (const entry of value) subunitValue.write(entry, writer, fields);
      for (let missing = value.length; missing < count; missing++) writer.uint(0xff, 1);
    },
  };
}
