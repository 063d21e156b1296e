/**
 * How a property or an action is carried by HAVi calls, as a descriptor says it (docs/descriptors.md, `gk:bind.havi`). A
 * call names an operation of the tables, or brings the types of an interface that they do not have. Pure.
 */

import { fromHex } from "../../bytes/hex.ts";
import { isJsonObject, type Json, type JsonObject } from "../../contract/json.ts";
import { parseValue, type ReadValue } from "../avc-value.ts";
import { arrayOf, invalid, numberOf, objectOf, textOf } from "../table-json.ts";
import { notEncodable } from "../value-checks.ts";
import { apiCode } from "./api-table.ts";
import { structType } from "./havi-type.ts";
import { type OperationForm, operationForm } from "./operation-form.ts";
import { parseFields } from "./type-grammar.ts";

/** One call to be made. */
export interface HaviRequest {
  readonly form: OperationForm;
  readonly fields: JsonObject;
  /** Of a result: the text that it must begin with, or the device has refused. */
  readonly expected: JsonObject;
}

/** @throws HomeError `value-invalid` for a value that the recipe has no octets for. */
export type MakeRequest = (value: Json) => HaviRequest;
/** Undefined where the results hold no such value. */
export type ReadResult = (results: JsonObject) => Json | undefined;

const place = "{value}";

/**
 * `{api: NAME, operation: NAME, fields?}` of the tables, or `{api: HEX, operation: NUMBER, parameters: FIELDS, results:
 * FIELDS, fields?}`. The text `{value}` in the fields stands for the value: its word in `words`, a number by `scale` and `offset`, or as it is. `expect`: `{RESULT: HEX}`.
 * @throws HomeError `descriptor-invalid`
 */
export function parseCall(call: Json | undefined): MakeRequest {
  const told = objectOf(call);
  const form = formOf(told);
  const fields = objectOf(told["fields"] ?? {});
  const expected = objectOf(told["expect"] ?? {});
  const words = told["words"] === undefined ? undefined : objectOf(told["words"]);
  const [scale, offset] = [factorOf(told["scale"], 1), factorOf(told["offset"], 0)];
  const rawOf = (value: Json): Json => {
    if (words !== undefined) {
      const raw = words[String(value)];
      if (raw === undefined) throw notEncodable(value, `one of ${Object.keys(words).join(", ")}`);
      return raw;
    }
    return typeof value === "number" ? Math.round((value - offset) / scale) : value;
  };
  return (value) => ({ form, expected, fields: filled(fields, value, rawOf) });
}

function formOf({ api, operation, parameters, results }: JsonObject): OperationForm {
  if (parameters === undefined && results === undefined) return operationForm(textOf(api), textOf(operation));
  const code = apiCode(textOf(api)) ?? codeOf(textOf(api));
  const id = numberOf(operation);
  if (id > 0xff) throw invalid(operation, "the number of an operation");
  const typeOf = (fields: Json | undefined) => structType(parseFields(fields ?? []));
  return { api: code, operation: id, parameters: typeOf(parameters), results: typeOf(results) };
}

function codeOf(hex: string): number {
  if (/^[0-9a-f]{4}$/.test(hex)) return Number.parseInt(hex, 16);
  throw invalid(hex, "an interface, or four hexadecimal digits");
}

function filled(fields: JsonObject, value: Json, rawOf: (value: Json) => Json): JsonObject {
  const fill = (one: Json): Json => {
    if (one === place) return rawOf(value);
    if (Array.isArray(one)) return one.map(fill);
    return isJsonObject(one) ? filled(one, value, rawOf) : one;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, fill(one)]));
}

/**
 * `{at: NAME | [NAME…]}` leads to the value among the results; beside it `map` (by the value as text), `scale` and
 * `offset` of a number, or `octets`: where it stands in octets, as in AV/C.
 * @throws HomeError `descriptor-invalid`
 */
export function parseResult(value: Json | undefined): ReadResult {
  const told = objectOf(value);
  const path = (typeof told["at"] === "string" ? [told["at"]] : arrayOf(told["at"])).map(textOf);
  const read = readerOf(told);
  return (results) => {
    let found: Json | undefined = results;
    for (const name of path) found = isJsonObject(found) ? found[name] : undefined;
    return found === undefined ? undefined : read(found);
  };
}

function readerOf({ map, octets, scale, offset }: JsonObject): (value: Json) => Json | undefined {
  if (map !== undefined) {
    const words = objectOf(map);
    return (value) => words[String(value)];
  }
  if (octets !== undefined) return octetsReader(parseValue(octets));
  const [factor, shift] = [factorOf(scale, 1), factorOf(offset, 0)];
  return (value) => (typeof value === "number" ? Number((value * factor + shift).toFixed(6)) : value);
}

function octetsReader(read: ReadValue): (value: Json) => Json | undefined {
  return (value) => {
    const isHex = typeof value === "string" && /^([0-9a-f]{2})+$/.test(value);
    return isHex ? read("IMPLEMENTED/STABLE", fromHex(value)) : undefined;
  };
}

function factorOf(value: Json | undefined, usual: 0 | 1): number {
  if (value === undefined) return usual;
  if (typeof value === "number" && Number.isFinite(value) && (usual === 0 || value > 0)) return value;
  throw invalid(value, "a factor");
}
