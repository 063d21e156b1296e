/** Reads `data` of the Machine Readable Appendix: references resolved, siblings of a reference merged over what it names. */

import type { Texts } from "../../gateway-core/contract/descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject, type JsonObject } from "../../gateway-core/contract/json.ts";
import type { BitField, Data, Member, NumberData, State } from "./data.ts";

/** Deeper than any real property; a reference may lead to itself. */
const deepest = 12;

/** @throws HomeError `import-invalid` for what the vocabulary does not hold. */
export function parseData(candidate: unknown, definitions: JsonObject, depth = 0): Data {
  if (!isJsonObject(candidate) || depth > deepest) throw unknownData(candidate);
  const { $ref, oneOf } = candidate;
  const within = (inner: unknown): Data => parseData(inner, definitions, depth + 1);
  if (typeof $ref === "string") {
    const { $ref: _, ...siblings } = candidate;
    const named = definitionOf($ref.replace(/^.*\//, ""), definitions);
    if (!isJsonObject(named)) throw unknownData(candidate);
    return within({ ...named, ...siblings });
  }
  if (Array.isArray(oneOf)) return { kind: "oneOf", of: oneOf.map(within) };
  switch (candidate["type"]) {
    case "number":
      return Array.isArray(candidate["enum"]) ? parseNumbers(candidate) : parseNumber(candidate);
    case "state":
      return { kind: "state", states: objects(candidate["enum"]).flatMap(parseStates) };
    case "numericValue":
      return { kind: "state", states: objects(candidate["enum"]).map(parseNumericValue) };
    case "level":
      return parseLevel(candidate);
    case "bitmap":
      return {
        kind: "bits",
        octets: numberIn(candidate, "size"),
        fields: objects(candidate["bitmaps"]).map((field) => parseBitField(field, within)),
      };
    case "object":
      return { kind: "object", members: objects(candidate["properties"]).map((member) => parseMember(member, within)) };
    case "array":
      return {
        kind: "array",
        of: within(candidate["items"]),
        itemOctets: numberIn(candidate, "itemSize"),
        minimum: numberIn(candidate, "minItems", 0),
        maximum: numberIn(candidate, "maxItems"),
      };
    case "raw":
      return { kind: "raw", minimum: numberIn(candidate, "minSize"), maximum: numberIn(candidate, "maxSize") };
    case "text":
      return {
        kind: "text",
        encoding: candidate["encoding"] === "utf-8" ? "utf-8" : "ascii",
        minimum: numberIn(candidate, "minSize"),
        maximum: numberIn(candidate, "maxSize"),
      };
    case "time":
      return {
        kind: "time",
        octets: numberIn(candidate, "size", 3),
        maximumOfHour: numberIn(candidate, "maximumOfHour", 23),
      };
    case "date":
      return { kind: "date" };
    case "date-time":
      return { kind: "date-time", octets: numberIn(candidate, "size", 7) };
    default:
      throw unknownData(candidate);
  }
}

/** The appendix writes some names once with "_" and once with "-". */
function definitionOf(name: string, definitions: JsonObject): unknown {
  if (Object.hasOwn(definitions, name)) return definitions[name];
  const alike = (other: string): boolean => other.replaceAll("-", "_") === name.replaceAll("-", "_");
  return definitions[Object.keys(definitions).find(alike) ?? ""];
}

/** Titles in both languages; what one language lacks is said in the other. */
export function parseTexts(candidate: unknown): Texts {
  const { en, ja } = isJsonObject(candidate) ? candidate : {};
  const first = [en, ja].find((text) => typeof text === "string" && text !== "");
  if (typeof first !== "string") throw unknownData(candidate);
  return { en: typeof en === "string" && en !== "" ? en : first, ja: typeof ja === "string" && ja !== "" ? ja : first };
}

/** A format that cannot hold the range is taken as signed: the appendix has "uint32" from -999999999. */
function parseNumber(number: JsonObject): NumberData {
  const format = /^(u?)int(8|16|24|32)$/.exec(String(number["format"]));
  if (format === null) throw unknownData(number);
  const minimum = numberIn(number, "minimum");
  const { coefficient, unit } = number;
  return {
    kind: "number",
    octets: Number(format[2]) / 8,
    isSigned: format[1] === "" || minimum < 0,
    minimum,
    maximum: numberIn(number, "maximum"),
    multiple: numberIn(number, "multiple", numberIn(number, "multipleOf", 1)),
    unit: typeof unit === "string" ? unit : "",
    coefficient: Array.isArray(coefficient) ? coefficient.map(String) : [],
    hasOverflow: number["overflowCode"] !== false,
    hasUnderflow: number["underflowCode"] !== false,
  };
}

function parseNumbers(number: JsonObject): Data {
  const digits = Number(/\d+$/.exec(String(number["format"]))?.[0] ?? 8) / 4;
  const values = Array.isArray(number["enum"]) ? number["enum"].filter((value) => typeof value === "number") : [];
  return { kind: "state", states: values.map((value) => numericState(codeOf(value, digits), value)) };
}

function parseNumericValue(entry: JsonObject): State {
  return numericState(textIn(entry, "edt"), numberIn(entry, "numericValue"));
}

function numericState(edt: string, value: number): State {
  return { edt, value, titles: { en: String(value), ja: String(value) }, isReadOnly: false };
}

/** One code, or "0x08-0x0F" where several in a row mean the same. */
function parseStates(state: JsonObject): readonly State[] {
  const name = textIn(state, "name");
  const titles = parseTexts(state["descriptions"] ?? { en: name });
  const [first = "", last] = textIn(state, "edt").split("-");
  const count = last === undefined ? 1 : Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => ({
    edt: index === 0 ? first : codeOf(Number(first) + index, first.length - 2),
    value: name,
    titles,
    isReadOnly: state["readOnly"] === true,
  }));
}

function parseLevel(level: JsonObject): Data {
  const base = textIn(level, "base");
  return { kind: "level", octets: (base.length - 2) / 2, base: Number(base), count: numberIn(level, "maximum") };
}

function parseBitField(field: JsonObject, within: (inner: unknown) => Data): BitField {
  const { name, position, descriptions, value } = field;
  if (typeof name !== "string" || !isJsonObject(position)) throw unknownData(field);
  return {
    name,
    titles: parseTexts(descriptions ?? { en: name }),
    data: within(value),
    octet: numberIn(position, "index"),
    mask: Number(textIn(position, "bitMask")),
  };
}

function parseMember(member: JsonObject, within: (inner: unknown) => Data): Member {
  const name = textIn(member, "shortName");
  return { name, titles: parseTexts(member["elementName"] ?? { en: name }), data: within(member["element"]) };
}

function codeOf(value: number, digits: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;
}

function numberIn(holder: JsonObject, name: string, otherwise?: number): number {
  const number = holder[name] ?? otherwise;
  if (typeof number === "number") return number;
  throw unknownData(holder);
}

function textIn(holder: JsonObject, name: string): string {
  const text = holder[name];
  if (typeof text === "string") return text;
  throw unknownData(holder);
}

function objects(items: unknown): readonly JsonObject[] {
  if (Array.isArray(items)) return items.filter(isJsonObject);
  throw unknownData(items);
}

function unknownData(candidate: unknown): HomeError {
  const text = JSON.stringify(candidate) ?? "nothing";
  return new HomeError("import-invalid", `this says nothing of a value that can be imported: ${text.slice(0, 200)}`);
}
