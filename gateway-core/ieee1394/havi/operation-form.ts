/** An operation of a HAVi interface as it is called: its numbers and the types of what it takes and gives. */

import { ByteWriter } from "../../bytes/byte-writer.ts";
import { isJsonObject, type JsonObject } from "../../contract/json.ts";
import { invalid } from "../table-json.ts";
import { noValue } from "../value-checks.ts";
import { apiCode, operationId, operationOf } from "./api-table.ts";
import { type HaviType, readWhole, structType } from "./havi-type.ts";

export interface OperationForm {
  readonly api: number;
  readonly operation: number;
  readonly parameters: HaviType;
  readonly results: HaviType;
}

/** From the tables. @throws HomeError `descriptor-invalid`: no such operation, or one whose fields are not known. */
export function operationForm(api: string, name: string): OperationForm {
  const [code, id] = [apiCode(api), operationId(api, name)];
  const known = id === undefined ? undefined : operationOf(api, id);
  if (code === undefined || id === undefined || known?.parameters === undefined || known.results === undefined) {
    throw invalid(`${api}.${name}`, "an operation whose fields are known");
  }
  return { api: code, operation: id, parameters: known.parameters, results: known.results };
}

export const noFields: HaviType = structType([]);

const outermost = { fields: {}, depth: 0 };

/** @throws HomeError `value-invalid` */
export function encodeFields(type: HaviType, fields: JsonObject): Uint8Array {
  const writer = new ByteWriter();
  type.write(fields, writer, outermost);
  return writer.toOctets();
}

/** @throws HomeError `frame-malformed` unless they tell all of the octets. */
export function decodeFields(type: HaviType, octets: Uint8Array): JsonObject {
  const fields = readWhole(type, octets, outermost);
  if (isJsonObject(fields)) return fields;
  throw noValue("other fields than this operation gives", 0);
}
