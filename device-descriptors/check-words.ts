/** Every word of an ECHONET codec stands in its data schema, and the reverse (docs/descriptors.md, check 3). */

import type { DataSchema } from "../gateway-core/contract/descriptor.ts";
import { isJsonObject, type Json, type JsonObject } from "../gateway-core/contract/json.ts";
import type { Flaw } from "./flaw.ts";

/** Compares a codec that its schema has passed with the data schema of its value; numeric ranges stand aside. */
export function wordFlaws(codec: Json, schema: DataSchema, path: string): Flaw[] {
  const { bits, object, array } = isJsonObject(codec) ? codec : {};
  if (bits !== undefined) {
    const members = objectsOf(bits).map((field) => ({ name: field["name"], codec: bitCodec(field["mask"]) }));
    return memberFlaws(members, schema, path);
  }
  if (object !== undefined) {
    const named = objectsOf(object).filter((field) => field["reserved"] === undefined);
    const members = named.map((field) => ({ name: field["name"], codec: field["codec"] ?? null }));
    return memberFlaws(members, schema, path);
  }
  if (isJsonObject(array) && array["of"] !== undefined) {
    if (schema.items === undefined) return [{ path, message: "its codec makes an array, but it has no items" }];
    return wordFlaws(array["of"], schema.items, `${path}/items`);
  }
  const said = wordsOf(codec);
  const titled = titledWords(schema);
  return [
    ...said.filter((word) => !titled.includes(word)).map((word) => flaw(path, word, "the codec", "oneOf")),
    ...titled.filter((word) => !said.includes(word)).map((word) => flaw(path, word, "oneOf", "the codec")),
  ];
}

/**
 * Every word that an AV/C response can mean stands in the data schema, and every one that may be set has its frame;
 * `rejected` and `inTransition` are words too.
 */
export function avcWordFlaws({ value, control }: JsonObject, schema: DataSchema, path: string): Flaw[] {
  const titled = titledWords(schema);
  const { map, inTransition, rejected } = isJsonObject(value) ? value : {};
  const told = isJsonObject(map)
    ? [...Object.values(map), inTransition, rejected].filter((word) => word !== undefined)
    : [];
  const frames = isJsonObject(control) && isJsonObject(control["map"]) ? Object.keys(control["map"]) : undefined;
  const branches = schema.oneOf ?? titled.map((word) => ({ const: word, readOnly: false }));
  const settable = branches.flatMap(({ const: word, readOnly }) =>
    word === undefined || readOnly ? [] : [String(word)],
  );
  return [
    ...told.filter((word) => !titled.includes(word)).map((word) => flaw(path, word, "the value", "oneOf")),
    ...(map === undefined ? [] : titled.filter((word) => !told.includes(word))).map((word) =>
      flaw(path, word, "oneOf", "the value"),
    ),
    ...(frames ?? [])
      .filter((word) => !settable.includes(word))
      .map((word) => flaw(path, word, "the control", "oneOf")),
    ...(frames === undefined ? [] : settable.filter((word) => !frames.includes(word))).map((word) =>
      flaw(path, word, "oneOf", "the control"),
    ),
  ];
}

/** Likewise of HAVi results, and of the calls that set. */
export function haviWordFlaws({ value, set }: JsonObject, schema: DataSchema, path: string): Flaw[] {
  const { map, octets } = isJsonObject(value) ? value : {};
  const words = isJsonObject(set) ? set["words"] : undefined;
  return avcWordFlaws(
    { value: octets ?? (map === undefined ? null : { map }), control: words === undefined ? null : { map: words } },
    schema,
    path,
  );
}

interface Member {
  readonly name: Json | undefined;
  readonly codec: Json;
}

function memberFlaws(members: readonly Member[], { properties = {} }: DataSchema, path: string): Flaw[] {
  const names = members.map(({ name }) => name);
  const surplus = Object.keys(properties).filter((name) => !names.includes(name));
  return [
    ...surplus.map((name) => ({ path, message: `member "${name}" is not in the codec` })),
    ...members.flatMap(({ name, codec }) => {
      const member = typeof name === "string" && Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (member === undefined) return [{ path, message: `member "${name}" of the codec is not in properties` }];
      return wordFlaws(codec, member, `${path}/properties/${name}`);
    }),
  ];
}

/** Of the words that a value can be instead of a number or a text. */
function wordsOf(codec: Json): Json[] {
  if (!isJsonObject(codec)) return [];
  const { map, special, oneOf } = codec;
  const words = [map, special].flatMap((words) => (isJsonObject(words) ? Object.values(words) : []));
  return [...words, ...objectsOf(oneOf).flatMap(wordsOf)];
}

/** A plain boolean needs no titles: it is on or off. */
function titledWords({ type, oneOf }: DataSchema): Json[] {
  if (oneOf === undefined) return type === "boolean" ? [true, false] : [];
  return oneOf.flatMap((branch) => (branch.const === undefined ? [] : [branch.const]));
}

/** A mask of one bit makes a boolean, a wider one a number. */
function bitCodec(mask: Json | undefined): Json {
  const octet = Number(mask);
  const isOneBit = (octet & (octet - 1)) === 0;
  return isOneBit ? { map: { "0x00": false, "0x01": true } } : { num: "uint8" };
}

function objectsOf(items: Json | undefined): JsonObject[] {
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}

function flaw(path: string, word: Json, where: string, missing: string): Flaw {
  return { path, message: `${JSON.stringify(word)} stands in ${where} but not in ${missing}` };
}
