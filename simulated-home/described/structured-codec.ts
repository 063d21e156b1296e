/** Values made of several: members behind one another, items of one length, and single bits. */

import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import type { Octets } from "../wire/octets.ts";
import type { Codec } from "./codec.ts";

type Read = (codec: Json | undefined) => Codec | undefined;

/**
 * `[{name, length, codec} | {reserved}]`: the last may have no length and takes what is left, reserved octets are zeros.
 * Undefined when a member is no codec.
 */
export function objectCodec(fields: readonly JsonObject[], read: Read): Codec | undefined {
  const members = fields.map(({ name, length, codec, reserved }) => ({
    key: String(name),
    length: reserved ?? length,
    isReserved: reserved !== undefined,
    codec: reserved === undefined ? read(codec) : undefined,
  }));
  if (members.some(({ codec, isReserved }) => codec === undefined && !isReserved)) return undefined;
  return {
    encode(value) {
      if (!isJsonObject(value)) return undefined;
      return joined(
        members.map(({ key, length, isReserved, codec }) => {
          if (isReserved) return new Uint8Array(Number(length));
          const edt = codec?.encode(value[key] ?? null);
          return length === undefined ? edt : ofLength(Number(length), edt);
        }),
      );
    },
    decode(edt) {
      let at = 0;
      const entries = members.flatMap(({ key, length, isReserved, codec }): [string, Json | undefined][] => {
        const start = at;
        at = length === undefined ? edt.length : at + Number(length);
        return isReserved ? [] : [[key, codec?.decode(edt.subarray(start, at))]];
      });
      const known = entries.filter((entry): entry is [string, Json] => entry[1] !== undefined);
      return at === edt.length && known.length === entries.length ? Object.fromEntries(known) : undefined;
    },
  };
}

/** `{of, itemLength, min?, max?}`. */
export function arrayCodec({ of, itemLength, min = 0, max = 255 }: JsonObject, read: Read): Codec | undefined {
  const item = read(of);
  const length = Number(itemLength);
  if (item === undefined) return undefined;
  const isCount = (count: number): boolean => count >= Number(min) && count <= Number(max);
  return {
    encode(value) {
      if (!Array.isArray(value) || !isCount(value.length)) return undefined;
      return joined(value.map((one: Json) => ofLength(length, item.encode(one))));
    },
    decode(edt) {
      const count = edt.length / length;
      if (!Number.isInteger(count) || !isCount(count)) return undefined;
      const items = Array.from({ length: count }, (_, index) =>
        item.decode(edt.subarray(index * length, (index + 1) * length)),
      );
      const known = items.filter((one) => one !== undefined);
      return known.length === count ? known : undefined;
    },
  };
}

/**
 * `[{name, octet, mask, shift?}]`: a mask of one bit is true or false, a wider one a number.
 * @param whole octets that are sent, where there are more than those that are named.
 */
export function bitsCodec(fields: readonly JsonObject[], whole: number): Codec {
  const members = fields.map(({ name, octet, mask, shift }) => {
    const bits = Number(mask);
    const lowestBit = Math.log2(bits & -bits);
    return { name: String(name), octet: Number(octet), bits, shift: shift === undefined ? lowestBit : Number(shift) };
  });
  const named = 1 + Math.max(...members.map(({ octet }) => octet));
  const length = Math.max(named, whole);
  const isFlag = (bits: number): boolean => (bits & (bits - 1)) === 0;
  return {
    encode(value) {
      if (!isJsonObject(value)) return undefined;
      const edt = new Uint8Array(length);
      for (const { name, octet, bits, shift } of members) {
        const number = isFlag(bits) ? (value[name] === true ? bits : 0) : Number(value[name] ?? 0) << shift;
        if ((number & bits) !== number) return undefined;
        edt[octet] = (edt[octet] ?? 0) | number;
      }
      return edt;
    },
    decode(edt) {
      if (edt.length < named || edt.length > length) return undefined;
      return Object.fromEntries(
        members.map(({ name, octet, bits, shift }) => {
          const number = (edt[octet] ?? 0) & bits;
          return [name, isFlag(bits) ? number !== 0 : number >> shift];
        }),
      );
    },
  };
}

function ofLength(length: number, edt: Octets | undefined): Octets | undefined {
  return edt?.length === length ? edt : undefined;
}

function joined(parts: readonly (Octets | undefined)[]): Octets | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? Uint8Array.from(known.flatMap((part) => [...part])) : undefined;
}
