/** What comes from a bus behind a socket, line by line, checked (docs/ieee1394.md, "The wire of the simulated bus"). Pure. */

import { ByteReader } from "../bytes/byte-reader.ts";
import { fromHex } from "../bytes/hex.ts";
import { HomeError } from "../contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";
import type { Answer, BusState, FcpWrite, IsochronousPacket, Rcode } from "./bus.ts";

export type BusMessage =
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "state"; readonly state: BusState }
  | { readonly kind: "fcp"; readonly frame: FcpWrite }
  | { readonly kind: "isochronous"; readonly channel: number; readonly packets: readonly IsochronousPacket[] };

const rcodes: readonly Rcode[] = [
  "complete",
  "conflict-error",
  "data-error",
  "type-error",
  "address-error",
  "send-error",
  "cancelled",
  "busy",
  "generation",
  "no-ack",
];

/** @throws HomeError `link-message-invalid` */
export function parseBusMessage(line: string): BusMessage {
  const message = parseJson(line);
  switch (message["event"]) {
    case undefined:
      return {
        kind: "answer",
        id: wholeIn(message, "id"),
        answer: { rcode: rcodeOf(message["rcode"]), data: octetsIn(message, "data") },
      };
    case "state":
      return { kind: "state", state: stateOf(message) };
    case "fcp":
      return {
        kind: "fcp",
        frame: {
          nodeId: wholeIn(message, "nodeId"),
          generation: wholeIn(message, "generation"),
          isResponse: message["isResponse"] === true,
          octets: octetsIn(message, "data"),
        },
      };
    case "isochronous":
      return { kind: "isochronous", channel: wholeIn(message, "channel"), packets: packetsOf(message["packets"]) };
    default:
      throw invalid("an event that is known", message["event"]);
  }
}

function parseJson(line: string): JsonObject {
  try {
    const message: Json = JSON.parse(line);
    if (isJsonObject(message)) return message;
  } catch {
    // Told below.
  }
  throw invalid("a JSON object", line.slice(0, 100));
}

function stateOf(message: JsonObject): BusState {
  const nodeIds = message["nodeIds"];
  if (!Array.isArray(nodeIds) || nodeIds.length > 63) throw invalid("a list of node ids", nodeIds);
  return {
    generation: wholeIn(message, "generation"),
    localNodeId: wholeIn(message, "localNodeId"),
    irmNodeId: message["irmNodeId"] === undefined ? undefined : wholeIn(message, "irmNodeId"),
    nodeIds: nodeIds.map(whole),
    gapCount: wholeIn(message, "gapCount"),
  };
}

function packetsOf(text: Json | undefined): IsochronousPacket[] {
  if (typeof text !== "string") throw invalid("packets in base64", text);
  try {
    const reader = new ByteReader(Buffer.from(text, "base64"));
    const packets: IsochronousPacket[] = [];
    while (reader.remaining > 0) {
      const [cycle, tag, length] = [reader.uint(2), reader.uint(1), reader.uint(2)];
      packets.push({ cycle, tag, octets: reader.octets(length) });
    }
    return packets;
  } catch {
    throw invalid("whole packets", text.slice(0, 100));
  }
}

function octetsIn(message: JsonObject, name: string): Uint8Array {
  const text = message[name];
  if (typeof text !== "string") throw invalid(`${name} in hexadecimal`, text);
  try {
    return fromHex(text);
  } catch {
    throw invalid(`${name} in hexadecimal`, text.slice(0, 100));
  }
}

const wholeIn = (message: JsonObject, name: string): number => whole(message[name]);

function whole(value: Json | undefined): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) return value;
  throw invalid("a whole number", value);
}

function rcodeOf(value: Json | undefined): Rcode {
  const found = rcodes.find((rcode) => rcode === value);
  if (found !== undefined) return found;
  throw invalid("a response code", value);
}

function invalid(expected: string, value: Json | undefined): HomeError {
  return new HomeError("link-message-invalid", `the bus told ${JSON.stringify(value)} instead of ${expected}`);
}
