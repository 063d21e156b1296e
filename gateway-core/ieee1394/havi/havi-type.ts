/** Kinds of HAVi values on the wire and in JSON: big-endian, without gaps; enumerations and union cases take four octets. */

import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { toHex } from "../../bytes/hex.ts";
import { HomeError } from "../../contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../contract/json.ts";
import { notEncodable, noValue, octetsOf, wholeNumber } from "../value-checks.ts";
import { readHaviString, writeHaviString } from "./havi-string.ts";

/** Where a value stands: the fields before it in its structure, and how many named types lead to it. */
export interface Place {
  readonly fields: JsonObject;
  readonly depth: number;
}

export interface HaviType {
  /** @throws HomeError `frame-malformed` with `offset` */
  read(reader: ByteReader, place: Place): Json;
  /** @throws HomeError `value-invalid` */
  write(value: Json | undefined, writer: ByteWriter, place: Place): void;
}

export interface Field {
  readonly name: string;
  readonly type: HaviType;
}

export function unsignedType(octetCount: number): HaviType {
  return {
    read: (reader) => reader.uint(octetCount),
    write: (value, writer) => void writer.uint(wholeNumber(value, 256 ** octetCount - 1), octetCount),
  };
}

export function signedType(octetCount: number): HaviType {
  const half = 256 ** octetCount / 2;
  return {
    read(reader) {
      const number = reader.uint(octetCount);
      return number < half ? number : number - 2 * half;
    },
    write(value, writer) {
      const shifted = wholeNumber(typeof value === "number" ? value + half : value, 2 * half - 1);
      writer.uint(shifted - half, octetCount);
    },
  };
}

export const booleanType: HaviType = {
  read(reader) {
    const octet = reader.uint(1);
    if (octet > 1) throw noValue("a boolean is 0 or 1", reader.offset - 1);
    return octet === 1;
  },
  write(value, writer) {
    if (typeof value !== "boolean") throw notEncodable(value, "true or false");
    writer.uint(Number(value), 1);
  },
};

export const stringType: HaviType = { read: readHaviString, write: writeHaviString };

/** A fixed number of octets, as hexadecimal text. */
export function hexType(octetCount: number): HaviType {
  return {
    read: (reader) => toHex(reader.octets(octetCount)),
    write(value, writer) {
      const octets = octetsOf(value);
      if (octets.length !== octetCount) throw notEncodable(value, `${octetCount} octets`);
      writer.octets(octets);
    },
  };
}

/** `sequence<octet>`: a count of four octets, then the octets, as hexadecimal text. */
export const octetsType: HaviType = {
  read: (reader) => toHex(reader.octets(reader.uint(4))),
  write(value, writer) {
    const octets = octetsOf(value);
    writer.uint(octets.length, 4).octets(octets);
  },
};

/** Words for whole numbers from 0 on; another number is no value of this type. */
export function enumType(words: readonly string[]): HaviType {
  return {
    read(reader) {
      const word = words[reader.uint(4)];
      if (word === undefined) throw noValue("an enumeration has no such value", reader.offset - 4);
      return word;
    },
    write(value, writer) {
      const index = typeof value === "string" ? words.indexOf(value) : -1;
      if (index < 0) throw notEncodable(value, `one of ${words.join(", ")}`);
      writer.uint(index, 4);
    },
  };
}

/** Words for some codes, keyed by hexadecimal text; a code that has no word is that text. */
export function codesType(octetCount: number, words: ReadonlyMap<string, string>): HaviType {
  const codes = new Map([...words].map(([code, word]) => [word, code]));
  const hex = hexType(octetCount);
  return {
    read(reader) {
      const code = toHex(reader.octets(octetCount));
      return words.get(code) ?? code;
    },
    write(value, writer, place) {
      hex.write(typeof value === "string" ? (codes.get(value) ?? value) : value, writer, place);
    },
  };
}

/** A count of four octets, then so many values. */
export function sequenceType(item: HaviType): HaviType {
  return {
    read(reader, place) {
      const items: Json[] = [];
      // Not made in advance: the count may promise more than there is.
      for (let missing = reader.uint(4); missing > 0; missing--) items.push(item.read(reader, place));
      return items;
    },
    write(value, writer, place) {
      if (!Array.isArray(value)) throw notEncodable(value, "a list");
      writer.uint(value.length, 4);
      for (const one of value) item.write(one, writer, place);
    },
  };
}

export function structType(fields: readonly Field[]): HaviType {
  return {
    read: (reader, { depth }) => readFields(fields, reader, { fields: {}, depth }),
    write(value, writer, { depth }) {
      const members = membersOf(value, fields.length);
      for (const { name, type } of fields) type.write(members[name], writer, { fields: members, depth });
    },
  };
}

/** A structure whose fields depend on the word before them; that word is the field called `tag`. */
export function unionType(tag: string, by: HaviType, cases: ReadonlyMap<string, readonly Field[]>): HaviType {
  const fieldsOf = (word: Json | undefined): readonly Field[] => (typeof word === "string" && cases.get(word)) || [];
  return {
    read(reader, place) {
      const word = by.read(reader, place);
      return readFields(fieldsOf(word), reader, { fields: { [tag]: word }, depth: place.depth });
    },
    write(value, writer, { depth }) {
      const word = isJsonObject(value) ? value[tag] : undefined;
      const fields = fieldsOf(word);
      const members = membersOf(value, fields.length + 1);
      by.write(word, writer, { fields: members, depth });
      for (const { name, type } of fields) type.write(members[name], writer, { fields: members, depth });
    },
  };
}

/**
 * `sequence<octet>` whose content is of a type that an earlier field chooses by its word; `path` leads to that word.
 * Content of no known type, or not of its type, is `{octets}`.
 */
export function chosenType(path: readonly string[], types: ReadonlyMap<string, HaviType>): HaviType {
  const typeIn = ({ fields }: Place): HaviType | undefined => {
    let found: Json | undefined = fields;
    for (const name of path) found = isJsonObject(found) ? found[name] : undefined;
    return typeof found === "string" ? types.get(found) : undefined;
  };
  return {
    read(reader, place) {
      const octets = reader.octets(reader.uint(4));
      const value = readWhole(typeIn(place), octets, place);
      return value === undefined ? { octets: toHex(octets) } : value;
    },
    write(value, writer, place) {
      if (isJsonObject(value) && value["octets"] !== undefined) return octetsType.write(value["octets"], writer, place);
      const type = typeIn(place);
      if (type === undefined) throw notEncodable(value, "octets: no type is known here");
      const content = new ByteWriter();
      type.write(value, content, place);
      const octets = content.toOctets();
      writer.uint(octets.length, 4).octets(octets);
    },
  };
}

/** The value that takes all the octets; undefined when there is none. */
export function readWhole(type: HaviType | undefined, octets: Uint8Array, place: Place): Json | undefined {
  try {
    const reader = new ByteReader(octets);
    const value = type?.read(reader, place);
    return reader.remaining === 0 ? value : undefined;
  } catch (thrown) {
    if (thrown instanceof HomeError) return undefined;
    throw thrown;
  }
}

function readFields(fields: readonly Field[], reader: ByteReader, { fields: before, depth }: Place): JsonObject {
  let members = before;
  for (const { name, type } of fields) members = { ...members, [name]: type.read(reader, { fields: members, depth }) };
  return members;
}

function membersOf(value: Json | undefined, count: number): JsonObject {
  if (isJsonObject(value) && Object.keys(value).length === count) return value;
  throw notEncodable(value, `an object of ${count} members`);
}
