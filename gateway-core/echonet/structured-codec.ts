/** Codecs made of others (MRA `object`, `array`, `bitmap`, `oneOf`). */

import { ByteWriter } from "../bytes/byte-writer.ts";
import { HomeError } from "../contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";
import { notEncodable, noValue, type ValueCodec } from "./value-codec.ts";

export interface Named {
  readonly name: string;
  /** Octets; undefined for the last element that takes what is left. */
  readonly length: number | undefined;
  readonly codec: ValueCodec;
}

/** Octets that are not read, and sent as zeros. */
export interface Reserved {
  readonly reserved: number;
}

/** Elements one behind the other; the last may take all that is left. */
export function objectCodec(elements: readonly (Named | Reserved)[]): ValueCodec {
  const named = elements.filter((element): element is Named => "codec" in element);
  const fixed = elements.reduce(
    (sum, element) => sum + ("codec" in element ? (element.length ?? 0) : element.reserved),
    0,
  );
  const isOpen = named.some(({ length }) => length === undefined);
  const names = named.map(({ name }) => name);
  return {
    coefficients: named.flatMap(({ codec }) => codec.coefficients),
    decode(edt, coefficientOf) {
      if (isOpen ? edt.length < fixed : edt.length !== fixed) throw noValue(edt, `${fixed} octets are expected`);
      let start = 0;
      const members: [string, Json][] = [];
      for (const element of elements) {
        const end = start + ("codec" in element ? (element.length ?? edt.length - fixed) : element.reserved);
        if ("codec" in element) {
          members.push([element.name, element.codec.decode(edt.subarray(start, end), coefficientOf)]);
        }
        start = end;
      }
      return Object.fromEntries(members);
    },
    encode(value, coefficientOf) {
      const members = onlyMembers(value, names);
      const writer = new ByteWriter();
      for (const element of elements) {
        if ("codec" in element) {
          const edt = element.codec.encode(memberOf(members, element.name), coefficientOf);
          writer.octets(element.length === undefined ? edt : ofLength(element.length, edt));
        } else writer.octets(new Uint8Array(element.reserved));
      }
      return writer.toOctets();
    },
  };
}

export interface ArrayForm {
  readonly of: ValueCodec;
  /** Octets of one item. */
  readonly itemLength: number;
  readonly min: number;
  readonly max: number;
  /** An octet with their number stands before the items. Devices get it wrong: the items are believed. */
  readonly counted: boolean;
}

/** `min` to `max` items of one length. */
export function arrayCodec({ of, itemLength, min, max, counted }: ArrayForm): ValueCodec {
  return {
    coefficients: of.coefficients,
    decode(whole, coefficientOf) {
      if (counted && whole.length === 0) throw noValue(whole, "a count is expected");
      const edt = whole.subarray(counted ? 1 : 0);
      const count = edt.length / itemLength;
      if (!Number.isInteger(count) || count < min || count > max) {
        throw noValue(edt, `${min} to ${max} items of ${itemLength} octets are expected`);
      }
      return Array.from({ length: count }, (_, index) =>
        of.decode(edt.subarray(index * itemLength, (index + 1) * itemLength), coefficientOf),
      );
    },
    encode(value, coefficientOf) {
      if (!isArray(value) || value.length < min || value.length > max) {
        throw notEncodable(value, `an array of ${min} to ${max} items`);
      }
      const writer = new ByteWriter();
      if (counted) writer.uint(value.length, 1);
      for (const item of value) writer.octets(ofLength(itemLength, of.encode(item, coefficientOf)));
      return writer.toOctets();
    },
  };
}

export interface BitField {
  readonly name: string;
  /** Its octet in the EDT, from 0. */
  readonly octet: number;
  readonly mask: number;
  readonly shift: number;
}

/**
 * Named bits: true or false for a mask of one bit, else the number that they hold. Bits that have no name are 0.
 * `length`: octets that are sent; a device may leave out those behind the last named bit.
 */
export function bitsCodec(fields: readonly BitField[], length = 0): ValueCodec {
  const named = 1 + Math.max(...fields.map(({ octet }) => octet));
  const longest = Math.max(named, length);
  const names = fields.map(({ name }) => name);
  return {
    coefficients: [],
    decode(edt) {
      if (edt.length < named || edt.length > longest) throw noValue(edt, `${longest} octets are expected`);
      const view = new DataView(edt.buffer, edt.byteOffset);
      return Object.fromEntries(
        fields.map(({ name, octet, mask, shift }) => {
          const number = (view.getUint8(octet) & mask) >> shift;
          return [name, isOneBit(mask) ? number !== 0 : number];
        }),
      );
    },
    encode(value) {
      const members = onlyMembers(value, names);
      const octets = Array.from({ length: longest }, (_, index) =>
        fields
          .filter(({ octet }) => octet === index)
          .reduce((bits, { name, mask, shift }) => bits | bitsOf(memberOf(members, name), mask, shift), 0),
      );
      return Uint8Array.from(octets);
    },
  };
}

function bitsOf(value: Json, mask: number, shift: number): number {
  if (isOneBit(mask)) {
    if (typeof value === "boolean") return value ? mask : 0;
    throw notEncodable(value, "true or false");
  }
  const highest = mask >> shift;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > highest) {
    throw notEncodable(value, `a whole number of 0 to ${highest}`);
  }
  return (value << shift) & mask;
}

const isOneBit = (mask: number): boolean => (mask & (mask - 1)) === 0;

/** The first codec that fits. What none fits fails as out of range when one of them said so, for its range tells most. */
export function oneOfCodec(codecs: readonly ValueCodec[]): ValueCodec {
  return {
    coefficients: codecs.flatMap(({ coefficients }) => coefficients),
    decode: (edt, coefficientOf) => firstOf(codecs, (codec) => codec.decode(edt, coefficientOf)),
    encode: (value, coefficientOf) => firstOf(codecs, (codec) => codec.encode(value, coefficientOf)),
  };
}

function firstOf<T>(codecs: readonly ValueCodec[], attempt: (codec: ValueCodec) => T): T {
  let telling: HomeError | undefined;
  for (const codec of codecs) {
    try {
      return attempt(codec);
    } catch (thrown) {
      if (!(thrown instanceof HomeError)) throw thrown;
      if (telling === undefined || thrown.code === "out-of-range") telling = thrown;
    }
  }
  throw telling ?? new HomeError("descriptor-invalid", "a oneOf without codecs");
}

function onlyMembers(value: Json, names: readonly string[]): JsonObject {
  if (isJsonObject(value) && Object.keys(value).every((name) => names.includes(name))) return value;
  throw notEncodable(value, `an object of ${names.join(", ")}`);
}

function memberOf(members: JsonObject, name: string): Json {
  const member = Object.hasOwn(members, name) ? members[name] : undefined;
  if (member === undefined) throw notEncodable(members, `an object with ${name}`);
  return member;
}

function ofLength(length: number, edt: Uint8Array): Uint8Array {
  if (edt.length === length) return edt;
  throw noValue(edt, `${length} octets are expected`);
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
