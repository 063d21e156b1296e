/** The operands of one AV/C command, one behind the other; tables hold them as data (see layout-grammar.ts). */

import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { HomeError } from "../../contract/errors.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import { notEncodable, noValue, wholeNumber } from "../value-checks.ts";
import { codeOfWord, type OperandValue } from "./operand-values.ts";

/** A stretch of operands and the fields that it holds. */
export interface Operand {
  readonly names: readonly string[];
  /** `before` holds the fields read so far. @throws HomeError `frame-malformed` with `offset` */
  read(reader: ByteReader, before: JsonObject): JsonObject;
  /** @throws HomeError `value-invalid` */
  write(fields: JsonObject, writer: ByteWriter): void;
}

export type Layout = readonly Operand[];

export function namedOperand(name: string, value: OperandValue): Operand {
  return {
    names: [name],
    read: (reader, before) => ({ [name]: value.read(reader, before) }),
    write(fields, writer) {
      const given = fields[name];
      if (given === undefined) throw notEncodable(fields, `complete: ${name} is missing`);
      value.write(given, writer, fields);
    },
  };
}

/** Octets that are always these. */
export function fixedOperand(octets: Uint8Array): Operand {
  return {
    names: [],
    read(reader) {
      const found = reader.octets(octets.length);
      if (found.some((octet, index) => octet !== octets[index])) throw noValue("other octets are fixed", reader.offset);
      return {};
    },
    write: (_fields, writer) => void writer.octets(octets),
  };
}

export interface BitField {
  /** Bits without a name are reserved: not looked at when read, zero when written. */
  readonly name?: string;
  readonly width: number;
  readonly words?: ReadonlyMap<number, string>;
}

/** One octet of bit fields, the highest first. */
export function bitsOperand(bits: readonly BitField[]): Operand {
  const placed = bits.map((bit, index) => ({
    ...bit,
    shift: bits.slice(index + 1).reduce((sum, { width }) => sum + width, 0),
    highest: 2 ** bit.width - 1,
  }));
  const named = placed.flatMap(({ name, ...bit }) => (name === undefined ? [] : [{ name, ...bit }]));
  return {
    names: named.map(({ name }) => name),
    read(reader) {
      const octet = reader.uint(1);
      const read = ({ shift, highest, words }: (typeof named)[number]): Json => {
        const number = (octet >> shift) & highest;
        return words === undefined ? number : (words.get(number) ?? number.toString(16).padStart(2, "0"));
      };
      return Object.fromEntries(named.map((bit) => [bit.name, read(bit)]));
    },
    write(fields, writer) {
      const codeOf = ({ name, words }: (typeof named)[number]): Json | undefined =>
        words === undefined ? fields[name] : codeOfWord(fields[name], words, false);
      writer.uint(
        named.reduce((octet, bit) => octet | (wholeNumber(codeOf(bit), bit.highest) << bit.shift), 0),
        1,
      );
    },
  };
}

/** An octet that counts, then so many groups of operands of one layout. */
export function countedValue(layout: Layout): OperandValue {
  return {
    read: (reader) => Array.from({ length: reader.uint(1) }, () => readFields(layout, reader)),
    write(value, writer) {
      if (!Array.isArray(value)) throw notEncodable(value, "a list");
      writer.uint(wholeNumber(value.length, 0xff), 1);
      for (const fields of value) for (const operand of layout) operand.write(fields, writer);
    },
  };
}

function readFields(layout: Layout, reader: ByteReader): JsonObject {
  let fields: JsonObject = {};
  for (const operand of layout) fields = { ...fields, ...operand.read(reader, fields) };
  return fields;
}

/**
 * The fields of the first layout that fits all the operands; undefined when none does. What follows a layout is allowed
 * only as the zeroes that fill a frame of whole quadlets.
 */
export function decodeOperands(
  layouts: readonly Layout[],
  operands: Uint8Array,
  frameOctets: number,
): JsonObject | undefined {
  for (const layout of layouts) {
    try {
      const reader = new ByteReader(operands);
      const fields = readFields(layout, reader);
      const padding = reader.octets(reader.remaining);
      const isPadding = padding.length < 4 && frameOctets % 4 === 0 && padding.every((octet) => octet === 0);
      if (padding.length === 0 || isPadding) return fields;
    } catch (thrown) {
      // This layout does not fit; the next may.
      if (!(thrown instanceof HomeError)) throw thrown;
    }
  }
  return undefined;
}

/** The operands of the first layout that holds just these fields. @throws HomeError `value-invalid` when none does. */
export function encodeOperands(layouts: readonly Layout[], fields: JsonObject): Uint8Array {
  let telling = notEncodable(fields, "the fields of this command");
  for (const layout of layouts) {
    const names = layout.flatMap((operand) => operand.names);
    if (!Object.keys(fields).every((name) => names.includes(name))) continue;
    try {
      const writer = new ByteWriter();
      for (const operand of layout) operand.write(fields, writer);
      return writer.toOctets();
    } catch (thrown) {
      if (!(thrown instanceof HomeError)) throw thrown;
      telling = thrown;
    }
  }
  throw telling;
}
