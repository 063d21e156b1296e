/** Octets that a device may send for a property: every word, both ends and the inside of every range, every length of every list. */

import fc from "fast-check";
import { fromHex } from "../../gateway-core/bytes/hex.ts";
import type { Branch, DataSchema } from "../../gateway-core/contract/descriptor.ts";
import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";

type Edts = fc.Arbitrary<Uint8Array>;

export function edtsOf(codec: Json, schema: DataSchema, length?: number): Edts {
  if (typeof codec === "string") return timesOf(codec, schema, length);
  if (!isJsonObject(codec)) throw new Error(`no codec: ${JSON.stringify(codec)}`);
  if ("map" in codec) return fc.constantFrom(...codesIn(codec["map"]));
  if ("num" in codec) return numbersOf(codec, schema);
  if ("bits" in codec) return bitsOf(codec, schema);
  if ("text" in codec) return textsOf(codec, length);
  if ("raw" in codec) return rawsOf(schema);
  if ("oneOf" in codec) return fc.oneof(...list(codec["oneOf"]).map((one) => edtsOf(one, schema, length)));
  if ("array" in codec && isJsonObject(codec["array"])) return arraysOf(codec["array"], schema);
  return objectsOf(list(codec["object"]).filter(isJsonObject), schema);
}

function codesIn(map: Json | undefined): readonly Uint8Array[] {
  return Object.keys(isJsonObject(map) ? map : {}).map((code) => fromHex(code.slice(2)));
}

function numbersOf(codec: JsonObject, schema: DataSchema): Edts {
  const { num, scale = 1, offset = 0, special, coefficient } = codec;
  const octets = Number(/\d+/.exec(String(num))?.[0]) / 8;
  const range: Branch = [schema, ...(schema.oneOf ?? [])].find(({ type }) => type === "number") ?? {};
  const raw = (value: number): number => Math.round((value - Number(offset)) / Number(scale));
  const highest = coefficient === undefined ? undefined : 99_999_999;
  const minimum = Number(codec["minimum"] ?? raw(range.minimum ?? 0));
  const maximum = Number(codec["maximum"] ?? highest ?? raw(range.maximum ?? 0));
  const words = new Set(codesIn(special).map((edt) => edt.toString()));
  const numbers = fc
    .oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: minimum, max: maximum }))
    .map((number) => octetsOf(number, octets))
    .filter((edt) => !words.has(edt.toString()));
  return words.size === 0 ? numbers : fc.oneof(numbers, fc.constantFrom(...codesIn(special)));
}

function octetsOf(number: number, octets: number): Uint8Array {
  const raw = number < 0 ? number + 2 ** (8 * octets) : number;
  return fromHex(raw.toString(16).padStart(2 * octets, "0"));
}

function bitsOf({ bits, length }: JsonObject, { properties = {} }: DataSchema): Edts {
  const fields = list(bits).filter(isJsonObject);
  const octets = Math.max(Number(length ?? 1), ...fields.map(({ octet }) => 1 + Number(octet)));
  const each = fields.map(({ name, mask, shift = 0 }) =>
    fc.nat(properties[String(name)]?.maximum ?? Number(mask) >> Number(shift)),
  );
  return fc.tuple(...each).map((values) => {
    const edt = new Uint8Array(octets);
    for (const [index, { octet, shift = 0 }] of fields.entries()) {
      const at = Number(octet);
      edt[at] = (edt[at] ?? 0) | ((values[index] ?? 0) << Number(shift));
    }
    return edt;
  });
}

function textsOf({ text, length }: JsonObject, most = 20): Edts {
  const letters = text === "ascii" ? ["A", "z", "0", "-"] : ["玄", "関", "a"];
  return fc.array(fc.constantFrom(...letters), { maxLength: Number(length ?? most) }).map((chosen) => {
    const octets = new TextEncoder().encode(chosen.join(""));
    if (length === undefined) return octets;
    const edt = new Uint8Array(Number(length));
    edt.set(octets);
    return edt;
  });
}

/** As many octets as the pattern takes. */
function rawsOf({ pattern = "" }: DataSchema): Edts {
  const [, exact] = /\{(\d+)\}\$$/.exec(pattern) ?? [];
  const [, least = "0", most = "0"] = /\{(\d+),(\d+)\}\$$/.exec(pattern) ?? [];
  const [minLength, maxLength] =
    exact === undefined ? [Number(least), Number(most)] : [Number(exact) / 2, Number(exact) / 2];
  return fc.uint8Array({ minLength, maxLength });
}

function arraysOf({ of = null, min = 0, max = 0 }: JsonObject, { items }: DataSchema): Edts {
  const item = edtsOf(of, items ?? {});
  return fc
    .oneof(fc.constantFrom(Number(min), Number(max)), fc.integer({ min: Number(min), max: Number(max) }))
    .chain((count) => fc.array(item, { minLength: count, maxLength: count }))
    .map(joined);
}

function objectsOf(elements: readonly JsonObject[], { properties = {} }: DataSchema): Edts {
  const each = elements.map(({ name, length, codec = null, reserved }) =>
    reserved === undefined
      ? edtsOf(codec, properties[String(name)] ?? {}, length === undefined ? undefined : Number(length))
      : fc.constant(new Uint8Array(Number(reserved))),
  );
  return fc.tuple(...each).map(joined);
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Hours go on after 23 where the pattern lets them; a date-time has the length that its pattern tells. */
function timesOf(word: string, schema: DataSchema, length: number | undefined): Edts {
  const texts = [schema, ...(schema.oneOf ?? [])].map(({ pattern = "" }) => pattern);
  const hour = fc.nat(texts.some((pattern) => pattern.includes("25[0-5]")) ? 255 : 23);
  const sixty = fc.nat(59);
  const date = fc.tuple(
    fc.integer({ min: 0, max: 9999 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 31 }),
  );
  const dateOctets = date.map(([year, month, day]) => [year >> 8, year & 0xff, month, day]);
  const hasSeconds = texts.some((pattern) => /\[0-5\]\[0-9\]:\[0-5\]\[0-9\]\$$/.test(pattern));
  const count = word === "datetime" ? (length ?? (hasSeconds ? 7 : 6)) - 4 : word === "hhmm" ? 2 : 3;
  const time = fc.tuple(hour, ...Array.from({ length: count - 1 }, () => sixty));
  if (word === "date") return dateOctets.map((octets) => Uint8Array.from(octets));
  if (word !== "datetime") return time.map((octets) => Uint8Array.from(octets));
  return fc.tuple(dateOctets, time).map(([day, clock]) => Uint8Array.from([...day, ...clock]));
}

const list = (items: Json | undefined): readonly Json[] => (Array.isArray(items) ? items : []);
