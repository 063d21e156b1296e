/**
 * Which software elements a Registry query is for (HAVi 1.1, Registry, as reconstructed from an open implementation's
 * IDL). That numbers and texts are compared octet by octet, and that BWA and BWO ask for a common bit, is unverified.
 */

import { isJsonObject, type Json, type JsonObject } from "../../contract/json.ts";
import { encodeFields } from "./operation-form.ts";
import { parseType } from "./type-grammar.ts";

/** The attributes of one element, each with its octets. */
export type Attributes = ReadonlyMap<string, Uint8Array>;

const attributeType = parseType("Attribute");
/** What stands before the octets of a value: the name of the attribute, and how many octets there are. */
const beforeValue = 8;

/** @param attributes `{name, value}` as the tables have them. */
export function attributesOf(attributes: readonly JsonObject[]): Attributes {
  return new Map(
    attributes.map((attribute) => [
      String(attribute["name"]),
      encodeFields(attributeType, attribute).subarray(beforeValue),
    ]),
  );
}

type Compare = (told: Uint8Array, wanted: Uint8Array) => boolean;

const order = (told: Uint8Array, wanted: Uint8Array): number => {
  for (const [place, octet] of told.entries()) {
    const difference = octet - (wanted[place] ?? -1);
    if (difference !== 0) return difference;
  }
  return told.length - wanted.length;
};
const sharesBit: Compare = (told, wanted) => told.some((octet, place) => (octet & (wanted[place] ?? 0)) !== 0);
const hasBit: Compare = (told, wanted) => [...told, ...wanted].some((octet) => octet !== 0);

const comparisons: Readonly<Record<string, Compare>> = {
  ANY: () => true,
  EQU: (told, wanted) => order(told, wanted) === 0,
  NEQU: (told, wanted) => order(told, wanted) !== 0,
  GT: (told, wanted) => order(told, wanted) > 0,
  GE: (told, wanted) => order(told, wanted) >= 0,
  LT: (told, wanted) => order(told, wanted) < 0,
  LE: (told, wanted) => order(told, wanted) <= 0,
  BWA: sharesBit,
  BWO: hasBit,
};

/** An element that lacks the attribute matches no comparison of it; an operation that is not known matches nothing. */
export function matchesQuery(query: Json | undefined, attributes: Attributes): boolean {
  if (!isJsonObject(query)) return false;
  if (query["type"] === "COMPLEX") {
    const [first, second] = [query["query1"], query["query2"]].map((one) => matchesQuery(one, attributes));
    return query["operation"] === "AND" ? first === true && second === true : first === true || second === true;
  }
  const { attribute, value } = query;
  const told = attributes.get(String(attribute));
  // The string forms compare as the others do.
  const compare = comparisons[String(query["operation"]).replace(/^S/, "")];
  if (told === undefined || compare === undefined) return false;
  const wanted = encodeFields(attributeType, { name: String(attribute), value: value ?? null });
  return compare(told, wanted.subarray(beforeValue));
}
