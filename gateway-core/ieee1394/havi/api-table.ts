/**
 * HAVi interfaces by their API code: operations in the order of their numbers, what they take and give, and their errors.
 * The numbers are those of an open implementation's IDL; those that HAVi 1.1 published could not be checked.
 */

import { arrayOf, objectOf, textOf } from "../table-json.ts";
import apis from "./apis.json" with { type: "json" };
import { type HaviType, structType } from "./havi-type.ts";
import { parseFields } from "./type-grammar.ts";
import types from "./types.json" with { type: "json" };

export interface HaviOperation {
  readonly name: string;
  /** One structure of all parameters; undefined where they are not known here. */
  readonly parameters: HaviType | undefined;
  readonly results: HaviType | undefined;
}

interface HaviApi {
  readonly operations: readonly HaviOperation[];
  /** What a client is told under an operation id that it chose itself. */
  readonly callback: HaviOperation | undefined;
  /** Its own error codes, from 0x80 on. */
  readonly errors: readonly string[];
}

const table: ReadonlyMap<string, HaviApi> = new Map(
  Object.entries(apis.apis).map(([name, api]) => [name, parseApi(api)]),
);
const names: ReadonlyMap<string, string> = new Map(Object.entries(types.ApiCode.words));
const firstOwnError = 0x80;

function parseApi(api: unknown): HaviApi {
  const { operations, callback, errors } = objectOf(api);
  return {
    operations: arrayOf(operations).map(parseOperation),
    callback: callback === undefined ? undefined : parseOperation(callback),
    errors: arrayOf(errors).map(textOf),
  };
}

function parseOperation(operation: unknown): HaviOperation {
  const { name, parameters, results } = objectOf(operation);
  const structOf = (fields: unknown): HaviType | undefined =>
    fields === undefined ? undefined : structType(parseFields(fields));
  return { name: textOf(name), parameters: structOf(parameters), results: structOf(results) };
}

/** The name of an API, or its code in hexadecimal where it has none. */
export function apiName(code: number): string {
  const hex = code.toString(16).padStart(4, "0");
  return names.get(hex) ?? hex;
}

/** @throws nothing: undefined where no such API is known. */
export function apiCode(name: string): number | undefined {
  const code = [...names].find(([, known]) => known === name)?.[0];
  return code === undefined ? undefined : Number.parseInt(code, 16);
}

/** The operation with this id; where the API has none, the notification that its clients choose an id for. */
export function operationOf(api: string, id: number): HaviOperation | undefined {
  const known = table.get(api);
  return known?.operations[id] ?? known?.callback;
}

/** The id of an operation; undefined for one that is not known, and for a notification. */
export function operationId(api: string, name: string): number | undefined {
  const index = table.get(api)?.operations.findIndex((operation) => operation.name === name) ?? -1;
  return index < 0 ? undefined : index;
}

/** The word of an error code, or the code in hexadecimal. */
export function errorWord(api: string, code: number): string {
  const word = code < firstOwnError ? apis.errors[code] : table.get(api)?.errors[code - firstOwnError];
  return word ?? code.toString(16).padStart(4, "0");
}
