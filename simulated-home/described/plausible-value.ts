/** A value that a property of a device at work could well have, made from its data schema and its codec. */

import type { DataSchema } from "../../gateway-core/contract/descriptor.ts";
import { isJsonObject, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import type { Random } from "../random.ts";
import plausible from "./plausible.json" with { type: "json" };
import { numberRange } from "./value-range.ts";

export interface Wish {
  readonly codec: Json | undefined;
  readonly schema: DataSchema;
  readonly random: Random;
  /** How many octets raw ones and times shall have, where that is known. */
  readonly length?: number;
}

/** Several, the best first: the first that the codec can encode is taken. */
export function plausibleValues({ codec, schema, random, length = 1 }: Wish): readonly Json[] {
  if (typeof codec === "string") return timesOf(codec, length);
  if (codec === undefined || !isJsonObject(codec)) return [];
  const { map, num, bits, object, array, oneOf, raw } = codec;
  if (isJsonObject(map)) return wordsOf(map, schema);
  if (num !== undefined) return numbersOf(schema, random);
  if (bits !== undefined) return [{}];
  if (Array.isArray(object)) return [membersOf(object.filter(isJsonObject), schema, random)];
  if (isJsonObject(array)) return [itemsOf(array, schema, random)];
  // A number tells more than one of the words that may stand instead of it.
  if (Array.isArray(oneOf))
    return oneOf.toReversed().flatMap((one) => plausibleValues({ codec: one, schema, random, length }));
  return raw === true ? ["00".repeat(length)] : [];
}

/** The usual band of a quantity, within what the property can be. */
export function bandOf(schema: DataSchema): readonly [lowest: number, highest: number] {
  const bands: Readonly<Record<string, readonly number[]>> = plausible.bands;
  const [low = 0, high = 100] = (schema.unit === undefined ? undefined : bands[schema.unit]) ?? plausible.otherBand;
  const { minimum, maximum } = numberRange(schema) ?? { minimum: low, maximum: high };
  if (high < minimum || low > maximum) return [minimum, Math.min(maximum, minimum + 10)];
  return [Math.max(low, minimum), Math.min(high, maximum)];
}

function numbersOf(schema: DataSchema, random: Random): number[] {
  const [lowest, highest] = bandOf(schema);
  const { step } = numberRange(schema) ?? { step: 1 };
  const between = lowest + (highest - lowest) * (0.25 + 0.5 * random());
  return [onStep(between, step), Math.round(between), lowest, highest];
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

function timesOf(word: string, length: number): string[] {
  const times: Readonly<Record<string, string>> = plausible.times;
  const text = times[word];
  if (text === undefined) return [];
  return word === "datetime" && length === 7 ? [`${text}:00`] : [text];
}

function membersOf(fields: readonly JsonObject[], { properties = {} }: DataSchema, random: Random): JsonObject {
  const entries = fields.map(({ name, length, codec }): [string, Json] => {
    const schema = properties[String(name)] ?? {};
    return [String(name), plausibleValues({ codec, schema, random, length: Number(length) })[0] ?? null];
  });
  return Object.fromEntries(entries);
}

function itemsOf({ of, itemLength, min = 1 }: JsonObject, { items = {} }: DataSchema, random: Random): Json[] {
  return Array.from(
    { length: Math.max(1, Number(min)) },
    () => plausibleValues({ codec: of, schema: items, random, length: Number(itemLength) })[0] ?? null,
  );
}
