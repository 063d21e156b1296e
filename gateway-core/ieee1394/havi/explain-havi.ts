/** A HAVi message as people read it: the fields of the wire, and what the tables of interfaces make of its body. */

import { toHex } from "../../bytes/hex.ts";
import type { JsonObject } from "../../contract/json.ts";
import { apiName, errorWord } from "./api-table.ts";
import { bodyOffset, decodeHaviMessage, type HaviMessage } from "./havi-message.ts";
import { decodeRmi, meaningOfRmi } from "./rmi.ts";

const protocols: readonly string[] = ["HAVI_RMI", "EVENT_MANAGER", "MESSAGE_STREAM"];
/** Why a message was not taken, from 1 on. */
const reasons: readonly string[] = ["SUCCESS", "SYSTEM_OVERFLOW", "UNKNOWN_TARGET_OBJECT", "TARGET_REJECT"];

/**
 * `{tam?, destination, source, protocol, messageType, messageNumber, api?, operation?, transaction?, status?, reason?,
 * payload, fields?}`; `tam` is there unless it is zero, what has no name is
 * hexadecimal, `fields` are there where they tell all of the payload.
 * @throws HomeError `frame-malformed` with `offset`.
 */
export function explainHavi(octets: Uint8Array): JsonObject {
  const message = decodeHaviMessage(octets);
  const { tam, destination, source, protocol, type, number } = message;
  return {
    ...(tam === 0 ? {} : { tam: tam.toString(16).padStart(8, "0") }),
    destination,
    source,
    protocol: protocols[protocol] ?? octetHex(protocol),
    messageType: type,
    messageNumber: number,
    ...explainBody(message, octets),
  };
}

function explainBody({ protocol, type, body }: HaviMessage, octets: Uint8Array): JsonObject {
  const payload = toHex(body);
  if (type === "RELIABLE_NOACK") return { reason: reasons[Number.parseInt(payload, 16)] ?? payload, payload };
  if (type === "RELIABLE_ACK" || protocol !== 0) return { payload };
  const rmi = decodeRmi(octets, bodyOffset);
  const { api, operation, fields } = meaningOfRmi(rmi);
  return {
    api,
    operation,
    transaction: rmi.transaction,
    ...(rmi.status === undefined ? {} : { status: explainStatus(rmi.status) }),
    payload: toHex(rmi.payload),
    ...(fields === undefined ? {} : { fields }),
  };
}

function explainStatus({ api, error }: { readonly api: number; readonly error: number }): JsonObject {
  const name = apiName(api);
  return { api: name, error: errorWord(name, error) };
}

const octetHex = (octet: number): string => toHex(Uint8Array.of(octet));
