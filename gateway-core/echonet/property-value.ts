/** The one generic codec of property values: reads `gk:bind.echonet.codec` (docs/descriptors.md, grammar of the codecs) into a ValueCodec. */

import { HomeError } from "../contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";
import { isNumberFormat, numberCodec } from "./number-codec.ts";
import { propertyMapCodec } from "./property-map-codec.ts";
import {
  arrayCodec,
  type BitField,
  bitsCodec,
  type Named,
  objectCodec,
  oneOfCodec,
  type Reserved,
} from "./structured-codec.ts";
import { isTextEncoding, textCodec } from "./text-codec.ts";
import { isTimeWord, timeCodec } from "./time-codec.ts";
import { mapCodec, rawCodec, type ValueCodec } from "./value-codec.ts";

const longestEdt = 255;
/** Deeper than any real property; a codec may come from outside. */
const deepest = 8;

/** @throws HomeError `descriptor-invalid` for anything outside the grammar. */
export function parseCodec(codec: unknown): ValueCodec {
  return parse(codec, 0);
}

/** An EPC as descriptors write it: "0x80" to "0xFF". @throws HomeError `descriptor-invalid`. */
export function parseEpc(epc: unknown): number {
  if (typeof epc === "string" && /^0x[89a-f][0-9a-f]$/i.test(epc)) return Number(epc);
  throw invalid(epc, "an EPC, 0x80 to 0xFF");
}

function parse(codec: unknown, depth: number): ValueCodec {
  if (depth > deepest) throw new HomeError("descriptor-invalid", `a codec nests deeper than ${deepest}`);
  if (isTimeWord(codec)) return timeCodec(codec);
  if (codec === "propertyMap") return propertyMapCodec;
  if (!isJsonObject(codec)) throw invalid(codec, "a codec");
  if (Object.hasOwn(codec, "map")) return mapCodec(parseWords(codec["map"]));
  if (Object.hasOwn(codec, "num")) return parseNumber(codec);
  if (Object.hasOwn(codec, "bits")) return parseBits(codec);
  if (Object.hasOwn(codec, "object")) return parseObject(filledArray(codec["object"], "object"), depth);
  if (Object.hasOwn(codec, "text")) return parseText(codec);
  if (Object.hasOwn(codec, "array")) return parseArray(codec["array"], depth);
  if (Object.hasOwn(codec, "oneOf")) {
    return oneOfCodec(filledArray(codec["oneOf"], "oneOf").map((branch) => parse(branch, depth + 1)));
  }
  if (codec["raw"] === true) return rawCodec;
  throw invalid(codec, "a codec");
}

function parseNumber(codec: JsonObject): ValueCodec {
  const { num, scale = 1, offset = 0, coefficient = [], special = {}, minimum, maximum, prefix } = codec;
  if (!isNumberFormat(num)) throw invalid(num, "a number format, int8 to uint32");
  if (typeof scale !== "number" || !Number.isFinite(scale) || scale === 0) throw invalid(scale, "a scale");
  if (typeof offset !== "number" || !Number.isFinite(offset)) throw invalid(offset, "an offset");
  if (!Array.isArray(coefficient)) throw invalid(coefficient, "an array of EPCs");
  const [lowest, highest] = [minimum, maximum].map((bound) => (bound === undefined ? undefined : wholeNumber(bound)));
  return numberCodec({
    format: num,
    scale,
    offset,
    coefficients: coefficient.map(parseEpc),
    special: parseWords(special),
    ...(lowest === undefined ? {} : { minimum: lowest }),
    ...(highest === undefined ? {} : { maximum: highest }),
    ...(prefix === undefined ? {} : { prefix: memberName(prefix) }),
  });
}

/** Words keyed by EDT, as "0x" and an even number of digits. */
function parseWords(words: unknown): Map<string, Json> {
  if (!isJsonObject(words)) throw invalid(words, "an object of words keyed by EDT");
  return new Map(
    Object.entries(words).map(([edt, word]) => {
      if (!/^0x(?:[0-9a-f]{2})+$/i.test(edt)) throw invalid(edt, 'an EDT, such as "0x30"');
      return [edt.slice(2).toLowerCase(), word];
    }),
  );
}

function parseArray(form: unknown, depth: number): ValueCodec {
  if (!isJsonObject(form)) throw invalid(form, "an array codec");
  const { of, itemLength, min = 0, max = longestEdt, counted = false } = form;
  if (typeof counted !== "boolean") throw invalid(counted, "true or false");
  return arrayCodec({
    of: parse(of, depth + 1),
    itemLength: wholeNumber(itemLength, 1, longestEdt),
    min: wholeNumber(min, 0, longestEdt),
    max: wholeNumber(max, 0, longestEdt),
    counted,
  });
}

function parseObject(elements: readonly unknown[], depth: number): ValueCodec {
  return objectCodec(elements.map((element, index) => parseElement(element, depth, index === elements.length - 1)));
}

/** The last element may do without a length: it takes what is left. */
function parseElement(element: unknown, depth: number, isLast: boolean): Named | Reserved {
  if (!isJsonObject(element)) throw invalid(element, "an element of an object codec");
  const { name, length, codec, reserved } = element;
  if (reserved !== undefined) return { reserved: wholeNumber(reserved, 1, longestEdt) };
  const octets = length === undefined && isLast ? undefined : wholeNumber(length, 1, longestEdt);
  return { name: memberName(name), length: octets, codec: parse(codec, depth + 1) };
}

function parseText({ text, length }: JsonObject): ValueCodec {
  if (!isTextEncoding(text)) throw invalid(text, "ascii or utf-8");
  return textCodec(text, length === undefined ? undefined : wholeNumber(length, 1, longestEdt));
}

function parseBits({ bits, length = 1 }: JsonObject): ValueCodec {
  return bitsCodec(filledArray(bits, "bits").map(parseBitField), wholeNumber(length, 1, longestEdt));
}

/** Without `shift`, the lowest bit of the mask counts one. */
function parseBitField(field: unknown): BitField {
  if (!isJsonObject(field)) throw invalid(field, "an element of a bits codec");
  const mask = wholeNumber(typeof field["mask"] === "string" ? Number(field["mask"]) : field["mask"], 1, 0xff);
  const { shift = 31 - Math.clz32(mask & -mask) } = field;
  return {
    name: memberName(field["name"]),
    octet: wholeNumber(field["octet"], 0, longestEdt - 1),
    mask,
    shift: wholeNumber(shift, 0, 7),
  };
}

function memberName(name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw invalid(name, "a name");
}

function filledArray(items: unknown, what: string): readonly unknown[] {
  if (Array.isArray(items) && items.length > 0) return items;
  throw invalid(items, `a filled array of ${what}`);
}

function wholeNumber(
  value: unknown,
  minimum: number = Number.MIN_SAFE_INTEGER,
  maximum: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw invalid(value, `a whole number of ${minimum} to ${maximum}`);
}

function invalid(value: unknown, expected: string): HomeError {
  return new HomeError("descriptor-invalid", `${JSON.stringify(value)} is not ${expected}`);
}
