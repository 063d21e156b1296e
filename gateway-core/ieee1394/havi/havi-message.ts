/** HAVi messages: who to whom, how reliably, and the body (HAVi 1.1, 3.2, as reconstructed from an open implementation). */

import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { fromHex, toHex } from "../../bytes/hex.ts";
import { HomeError } from "../../contract/errors.ts";
import { readTamHeader } from "./tam-header.ts";

const types = { SIMPLE: 1, RELIABLE: 2, RELIABLE_ACK: 3, RELIABLE_NOACK: 4 } as const;

export type MessageType = keyof typeof types;

export interface HaviMessage {
  /** The quadlet of the layer that carries the message. */
  readonly tam: number;
  /** Software element ids: GUID and handle, twenty hexadecimal digits. */
  readonly destination: string;
  readonly source: string;
  /** 0 HAVI_RMI, 1 EVENT_MANAGER, 2 MESSAGE_STREAM. */
  readonly protocol: number;
  readonly type: MessageType;
  /** 8 bits, counted by each source. */
  readonly number: number;
  /** Empty in RELIABLE_ACK, one octet of reason in RELIABLE_NOACK. */
  readonly body: Uint8Array;
}

const seidOctets = 10;
/** RELIABLE_NOACK says that four octets follow, and one does. */
const noackLength = 4;

const names = new Map<number, MessageType>(
  Object.keys(types)
    .filter(isMessageType)
    .map((name) => [types[name], name]),
);

function isMessageType(name: string): name is MessageType {
  return Object.hasOwn(types, name);
}

/**
 * The body is a view of `octets`, not a copy.
 * @throws HomeError `frame-malformed` with `offset`: cut short, surplus octets, another set, an unknown message type.
 */
export function decodeHaviMessage(octets: Uint8Array): HaviMessage {
  const reader = new ByteReader(octets);
  const tam = readTamHeader(reader);
  const destination = toHex(reader.octets(seidOctets));
  const source = toHex(reader.octets(seidOctets));
  const protocol = reader.uint(1);
  const typeCode = reader.uint(1);
  const type = names.get(typeCode);
  if (type === undefined) throw malformed(`message type ${typeCode} is unknown`, reader.offset - 1);
  const number = reader.uint(1);
  reader.uint(1);
  const body = readBody(type, reader);
  if (reader.remaining > 0) throw malformed(`${reader.remaining} octets follow the body`, reader.offset);
  return { tam, destination, source, protocol, type, number, body };
}

function readBody(type: MessageType, reader: ByteReader): Uint8Array {
  if (type === "RELIABLE_ACK") return reader.octets(0);
  const length = reader.uint(4);
  return reader.octets(type === "RELIABLE_NOACK" ? 1 : length);
}

/** @throws HomeError `value-invalid` when a software element id is no hexadecimal text. */
export function encodeHaviMessage({ tam, destination, source, protocol, type, number, body }: HaviMessage): Uint8Array {
  const writer = new ByteWriter()
    .uint(tam, 4)
    .octets(fromHex(destination))
    .octets(fromHex(source))
    .uint(protocol, 1)
    .uint(types[type], 1)
    .uint(number, 1)
    .uint(0, 1);
  if (type !== "RELIABLE_ACK") writer.uint(type === "RELIABLE_NOACK" ? noackLength : body.length, 4);
  return writer.octets(body).toOctets();
}

function malformed(message: string, offset: number): HomeError {
  return new HomeError("frame-malformed", message, { offset });
}

/** Octets before the body of a message that carries one. */
export const bodyOffset: number = 32;
