/** Values made of several: members behind one another, items of one length, and single bits. */

import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import type { Octets } from "../wire/octets.ts";
import type { Codec } from "./codec.ts";

type Read = (codec: Json | undefined) => Codec | undefined;

/** `[{name, length, codec}]`. Undefined when a member is no codec. */
export function objectCodec(fields: readonly JsonObject[], read: Read): Codec | undefined {
  const members = fields.map(({ name, length, codec }) => ({
    name: String(name),
    length: Number(length),
    codec: read(codec),
  }));
  if (members.some(({ codec }) => codec === undefined)) return undefined;
  return {
    encode(value) {
      if (!isJsonObject(value)) return undefined;
      const parts = members.map(({ name, length, codec }) => ofLength(length, codec?.encode(value[name] ?? null)));
      return joined(parts);
    },
    decode(edt) {
      if (edt.length !== members.reduce((sum, { length }) => sum + length, 0)) return undefined;
      let at = 0;
      const entries = members.map(({ name, length, codec }): [string, Json | undefined] => {
        at += length;
        return [name, codec?.decode(edt.subarray(at - length, at))];
      });
      const known = entries.filter((entry): entry is [string, Json] => entry[1] !== undefined);
      return known.length === entries.length ? Object.fromEntries(known) : undefined;
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

/** `[{name, octet, mask, shift?}]`: a mask of one bit is true or false, a wider one a number. */
export function bitsCodec(fields: readonly JsonObject[]): Codec {
  const members = fields.map(({ name, octet, mask, shift }) => {
    const bits = Number(mask);
    const lowestBit = Math.log2(bits & -bits);
    return { name: String(name), octet: Number(octet), bits, shift: shift === undefined ? lowestBit : Number(shift) };
  });
  const length = 1 + Math.max(...members.map(({ octet }) => octet));
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
      if (edt.length !== length) return undefined;
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
