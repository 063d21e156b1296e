/** The events that a FireWire character device tells, one in each read (linux/firewire-cdev.h, `union fw_cdev_event`). Pure. */

import { HomeError } from "../../contract/errors.ts";
import type { Rcode } from "../bus.ts";
import cdev from "./cdev.json" with { type: "json" };
import { fieldsOf } from "./cdev-struct.ts";

/** Where the node of a device file is since a bus reset, and who is who on its bus. */
export interface Place {
  readonly nodeId: number;
  readonly localNodeId: number;
  readonly irmNodeId: number;
  readonly rootNodeId: number;
  readonly generation: number;
}

export type CdevEvent =
  | ({ readonly kind: "bus-reset" } & Place)
  | { readonly kind: "response"; readonly closure: number; readonly rcode: Rcode; readonly data: Uint8Array }
  | {
      readonly kind: "request";
      readonly handle: number;
      readonly card: number;
      readonly generation: number;
      readonly sourceNodeId: number;
      readonly address: number;
      readonly data: Uint8Array;
    }
  /** Two quadlets for each packet: its header, and when it came. */
  | { readonly kind: "isochronous"; readonly headers: Uint8Array }
  | {
      readonly kind: "allocated" | "deallocated";
      readonly closure: number;
      readonly handle: number;
      /** Negative where none was. */
      readonly channel: number;
      readonly bandwidth: number;
    };

const kinds: Readonly<Record<string, string>> = cdev.events;
const rcodes = new Map(Object.entries(cdev.rcodes).map(([number, rcode]) => [Number(number), rcodeOf(rcode)]));
/** Where the data of an answer begin: before the end of their structure. */
const responseData = 20;

function rcodeOf(word: string): Rcode {
  switch (word) {
    case "complete":
    case "conflict-error":
    case "data-error":
    case "type-error":
    case "address-error":
    case "cancelled":
    case "busy":
    case "generation":
    case "no-ack":
      return word;
    default:
      return "send-error";
  }
}

/** Undefined for what is told of but not used here. @throws HomeError `frame-malformed` */
export function decodeCdevEvent(octets: Uint8Array): CdevEvent | undefined {
  const common = fieldsOf("event_common", octets);
  const closure = common("closure");
  const kind = kinds[common("type")];
  switch (kind) {
    case "bus-reset":
      return { kind, ...decodePlace(octets) };
    case "response": {
      const field = fieldsOf("event_response", octets);
      const rcode = rcodes.get(field("rcode")) ?? "send-error";
      return { kind, closure, rcode, data: dataOf(octets, responseData, rcode === "complete" ? field("length") : 0) };
    }
    case "request": {
      const field = fieldsOf("event_request2", octets);
      return {
        kind,
        handle: field("handle"),
        card: field("card"),
        generation: field("generation"),
        sourceNodeId: field("source_node_id"),
        address: field("offset"),
        data: dataOf(octets, cdev.structs.event_request2.octets, field("length")),
      };
    }
    case "isochronous": {
      const field = fieldsOf("event_iso_interrupt", octets);
      // Its structure is padded at the end; the headers begin before.
      return { kind, headers: dataOf(octets, responseData, field("header_length")) };
    }
    case "allocated":
    case "deallocated": {
      const field = fieldsOf("event_iso_resource", octets);
      return { kind, closure, handle: field("handle"), channel: field("channel"), bandwidth: field("bandwidth") };
    }
    default:
      return undefined;
  }
}

/** What GET_INFO and a bus reset tell. @throws HomeError `frame-malformed` */
export function decodePlace(octets: Uint8Array): Place {
  const field = fieldsOf("event_bus_reset", octets);
  return {
    nodeId: field("node_id"),
    localNodeId: field("local_node_id"),
    irmNodeId: field("irm_node_id"),
    rootNodeId: field("root_node_id"),
    generation: field("generation"),
  };
}

/** A copy, since the next event is read into the same octets. */
function dataOf(octets: Uint8Array, start: number, length: number): Uint8Array {
  if (start + length > octets.length) {
    throw new HomeError("frame-malformed", `an event ends before its ${length} octets of data`, {
      offset: octets.length,
    });
  }
  return octets.slice(start, start + length);
}
