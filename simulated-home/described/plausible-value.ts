/** A value that a property of a device at work could well have, made from its data schema and its codec. */

import type { DataSchema } from "../../gateway-core/contract/descriptor.ts";
import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import type { Random } from "../random.ts";
import plausible from "./plausible.json" with { type: "json" };
import { readCodec } from "./read-codec.ts";
import { numberRange } from "./value-range.ts";

export interface Wish {
  readonly codec: Json | undefined;
  readonly schema: DataSchema;
  readonly random: Random;
  /** How many octets raw ones and times shall have, where that is known. */
  readonly length?: number;
}

/** Several, the best first: the first that the codec can encode is taken. */
export function plausibleValues({ codec, schema, random, length }: Wish): readonly Json[] {
  if (typeof codec === "string") return timesOf(codec, length);
  if (codec === undefined || !isJsonObject(codec)) return [];
  const { map, num, bits, object, array, oneOf, text, prefix = "", raw } = codec;
  if (isJsonObject(map)) return wordsOf(map, schema);
  if (num !== undefined) {
    return prefix === ""
      ? numbersOf(schema, codec, random)
      : [1, 0, Number(codec["minimum"] ?? 2)].map((one) => `${prefix}${one}`);
  }
  if (bits !== undefined) return [{}];
  if (Array.isArray(object)) return [membersOf(object.filter(isJsonObject), schema, random)];
  if (isJsonObject(array)) return [itemsOf(array, schema, random)];
  // A number tells more than one of the words that may stand instead of it.
  if (Array.isArray(oneOf))
    return oneOf
      .toReversed()
      .flatMap((one) => plausibleValues({ codec: one, schema, random, ...(length === undefined ? {} : { length }) }));
  if (typeof text === "string") return [plausible.text, plausible.text.slice(0, 3), plausible.text.slice(0, 1)];
  return raw === true ? ["00".repeat(length ?? rawLength(schema))] : [];
}

/** The usual band of a quantity, within what the property can be. */
export function bandOf(schema: DataSchema): readonly [lowest: number, highest: number] {
  const bands: Readonly<Record<string, readonly number[]>> = plausible.bands;
  const [low = 0, high = 100] = (schema.unit === undefined ? undefined : bands[schema.unit]) ?? plausible.otherBand;
  const { minimum, maximum } = numberRange(schema) ?? { minimum: low, maximum: high };
  if (high < minimum || low > maximum) return [minimum, Math.min(maximum, minimum + 10)];
  return [Math.max(low, minimum), Math.min(high, maximum)];
}

function numbersOf(schema: DataSchema, { scale = 1 }: JsonObject, random: Random): number[] {
  const [lowest, highest] = bandOf(schema);
  const { step } = numberRange(schema) ?? { step: 1 };
  const between = lowest + (highest - lowest) * (0.25 + 0.5 * random());
  return [onStep(between, step), onStep(between, Number(scale)), Math.round(between), lowest, highest];
}

/** The nearest multiple, without the noise of doubles. */
export function onStep(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(12));
}

/** What is on or in order: false where there is a choice, unless the property is the power switch itself. */
function wordsOf(map: JsonObject, schema: DataSchema & { readonly "gk:role"?: string }): Json[] {
  const words = Object.values(map);
  if (words.includes(false) && schema["gk:role"] !== "power") return [false, ...words];
  const likely = words.filter((word) => typeof word !== "string" || !plausible.unlikelyWords.includes(word));
  return [...likely, ...words];
}

/** As many octets as its pattern wants digits for. */
function rawLength({ pattern = "" }: DataSchema): number {
  const [, digits = "2"] = /\{(\d+)[,}]/.exec(pattern) ?? [];
  return Math.max(1, Math.ceil(Number(digits) / 2));
}

function timesOf(word: string, length: number | undefined): string[] {
  const times: Readonly<Record<string, string>> = plausible.times;
  const text = times[word];
  if (text === undefined) return [];
  if (word !== "datetime") return [text];
  return length === 7 ? [`${text}:00`] : [text, `${text}:00`];
}

function membersOf(fields: readonly JsonObject[], { properties = {} }: DataSchema, random: Random): JsonObject {
  const named = fields.filter(({ reserved }) => reserved === undefined);
  const entries = named.map(({ name, length, codec }): [string, Json] => {
    const schema = properties[String(name)] ?? {};
    const known = length === undefined ? {} : { length: Number(length) };
    return [String(name), firstEncodable({ codec, schema, random, ...known })];
  });
  return Object.fromEntries(entries);
}

function itemsOf({ of, itemLength, min = 1 }: JsonObject, { items = {} }: DataSchema, random: Random): Json[] {
  return Array.from({ length: Math.max(1, Number(min)) }, () =>
    firstEncodable({ codec: of, schema: items, random, length: Number(itemLength) }),
  );
}

/** null where there is none: then the whole has no octets either. */
function firstEncodable(wish: Wish): Json {
  const codec = readCodec(wish.codec, () => undefined);
  const isFit = (value: Json): boolean => {
    const edt = codec?.encode(value);
    return edt !== undefined && (wish.length === undefined || edt.length === wish.length);
  };
  return plausibleValues(wish).find(isFit) ?? null;
}
