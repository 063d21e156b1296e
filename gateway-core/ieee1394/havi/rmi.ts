/** Remote method invocations in HAVi messages: requests and responses, by number and by name (HAVi 1.1, as reconstructed). */

import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { isJsonObject, type JsonObject } from "../../contract/json.ts";
import { notEncodable, noValue } from "../value-checks.ts";
import { apiCode, apiName, operationId, operationOf } from "./api-table.ts";
import { readWhole } from "./havi-type.ts";

export interface Rmi {
  readonly api: number;
  readonly operation: number;
  readonly transaction: number;
  /** Of a response only: whose error code it is, and the code; 0 is success. */
  readonly status?: { readonly api: number; readonly error: number };
  /** Parameters of a request, results of a response. */
  readonly payload: Uint8Array;
}

/**
 * The invocation that begins at `start`, the body of a message, and takes all that follows.
 * @throws HomeError `frame-malformed` with `offset`: cut short, or neither request nor response.
 */
export function decodeRmi(octets: Uint8Array, start: number): Rmi {
  const reader = new ByteReader(octets);
  reader.octets(start);
  const api = reader.uint(2);
  const operation = reader.uint(1);
  const control = reader.uint(1);
  if (control > 1) throw noValue(`control ${control} is neither request nor response`, reader.offset - 1);
  const transaction = reader.uint(4);
  if (control === 0) return { api, operation, transaction, payload: reader.octets(reader.remaining) };
  const status = { api: reader.uint(2), error: reader.uint(2) };
  // Reserved.
  reader.uint(4);
  return { api, operation, transaction, status, payload: reader.octets(reader.remaining) };
}

export function encodeRmi({ api, operation, transaction, status, payload }: Rmi): Uint8Array {
  const writer = new ByteWriter()
    .uint(api, 2)
    .uint(operation, 1)
    .uint(status === undefined ? 0 : 1, 1)
    .uint(transaction, 4);
  if (status !== undefined) writer.uint(status.api, 2).uint(status.error, 2).uint(0, 4);
  return writer.octets(payload).toOctets();
}

/** What the tables know: names, or hexadecimal text where they have none, and fields that tell all of the payload. */
export interface RmiMeaning {
  readonly api: string;
  readonly operation: string;
  readonly fields: JsonObject | undefined;
}

export function meaningOfRmi({ api, operation, status, payload }: Rmi): RmiMeaning {
  const name = apiName(api);
  const known = operationOf(name, operation);
  const type = status === undefined ? known?.parameters : known?.results;
  const fields = readWhole(type, payload, { fields: {}, depth: 0 });
  return {
    api: name,
    operation: known?.name ?? operation.toString(16).padStart(2, "0"),
    fields: isJsonObject(fields) ? fields : undefined,
  };
}

/** An invocation by names; `operation` is a number where a client chose it for its notifications. */
export interface NamedRmi extends Pick<Rmi, "transaction" | "status"> {
  readonly api: string;
  readonly operation: string | number;
  readonly fields: JsonObject;
}

/** @throws HomeError `value-invalid`: no such API or operation, or other fields. */
export function composeRmi({ api, operation, fields, ...others }: NamedRmi): Uint8Array {
  const code = apiCode(api);
  const id = typeof operation === "number" ? operation : operationId(api, operation);
  const known = id === undefined ? undefined : operationOf(api, id);
  const type = others.status === undefined ? known?.parameters : known?.results;
  if (code === undefined || id === undefined || type === undefined) {
    throw notEncodable(operation, `an operation of ${api} whose fields are known`);
  }
  const writer = new ByteWriter();
  type.write(fields, writer, { fields: {}, depth: 0 });
  return encodeRmi({ api: code, operation: id, ...others, payload: writer.toOctets() });
}
