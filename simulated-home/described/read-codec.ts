/**
 * The codecs of descriptors (docs/descriptors.md, "Rules") as a device needs them, written apart from the gateway's:
 * two ends with one codec would agree on its mistakes.
 */

import { isJsonObject, isSameJson, type Json, type JsonObject } from "../../gateway-core/contract/json.ts";
import { hex, octets } from "../wire/octets.ts";
import type { Codec, NumberOf } from "./codec.ts";
import { numberCodec } from "./number-codec.ts";
import { arrayCodec, bitsCodec, objectCodec } from "./structured-codec.ts";
import { textCodec } from "./text-codec.ts";
import { timeCodec } from "./time-codec.ts";

/** Undefined for what is no codec of the grammar. */
export function readCodec(codec: Json | undefined, numberOf: NumberOf): Codec | undefined {
  if (typeof codec === "string") return timeCodec(codec);
  if (codec === undefined || !isJsonObject(codec)) return undefined;
  const { map, num, bits, object, array, oneOf, text, length, raw } = codec;
  if (isJsonObject(map)) return wordCodec(map);
  if (typeof num === "string") return numberCodec(num, codec, numberOf);
  if (Array.isArray(bits)) return bitsCodec(bits.filter(isJsonObject), Number(length ?? 1));
  const inner = (part: Json | undefined): Codec | undefined => readCodec(part, numberOf);
  if (Array.isArray(object)) return objectCodec(object.filter(isJsonObject), inner);
  if (array !== undefined && isJsonObject(array)) return arrayCodec(array, inner);
  if (Array.isArray(oneOf)) return firstCodec(oneOf.map(inner).filter((one) => one !== undefined));
  if (typeof text === "string") return textCodec(text, length === undefined ? undefined : Number(length));
  return raw === true ? rawCodec : undefined;
}

const rawCodec: Codec = {
  encode: (value) => (typeof value === "string" && /^([0-9a-f]{2})*$/i.test(value) ? octets(value) : undefined),
  decode: (edt) => hex(edt),
};

function wordCodec(map: JsonObject): Codec {
  const words = Object.entries(map).map(([key, word]) => ({ code: key.slice(2).toLowerCase(), word }));
  return {
    encode(value) {
      const found = words.find(({ word }) => isSameJson(word, value));
      return found && octets(found.code);
    },
    decode: (edt) => words.find(({ code }) => code === hex(edt))?.word,
  };
}

/** The first that fits. */
function firstCodec(codecs: readonly Codec[]): Codec {
  return {
    encode: (value) => firstOf(codecs, (codec) => codec.encode(value)),
    decode: (edt) => firstOf(codecs, (codec) => codec.decode(edt)),
  };
}

function firstOf<T>(codecs: readonly Codec[], attempt: (codec: Codec) => T | undefined): T | undefined {
  for (const codec of codecs) {
    const result = attempt(codec);
    if (result !== undefined) return result;
  }
  return undefined;
}
