/** The words of a simulated bus: transactions and packets as nodes and clients see them (IEEE 1394-1995, 7; IEC 61883-1). */

import type { Octets } from "../wire/octets.ts";

export type Rcode =
  | "complete"
  | "conflict-error"
  | "data-error"
  | "type-error"
  | "address-error"
  | "send-error"
  | "cancelled"
  | "busy"
  | "generation"
  | "no-ack";

export type LockKind = "mask-swap" | "compare-swap" | "fetch-add";

export interface Answer {
  readonly rcode: Rcode;
  readonly data: Octets;
}

/** One request as its target gets it. */
export interface Request {
  readonly kind: "read" | "write" | LockKind;
  /** Node id of who asks. */
  readonly source: number;
  /** 48 bits. */
  readonly address: number;
  /** How many octets are read; what is written or locked with is in `octets`. */
  readonly octetCount: number;
  readonly octets: Octets;
}

export interface IsochronousPacket {
  readonly cycle: number;
  readonly tag: number;
  readonly octets: Uint8Array;
}

export interface BusState {
  readonly generation: number;
  readonly localNodeId: number;
  readonly irmNodeId: number | undefined;
  readonly nodeIds: readonly number[];
  readonly gapCount: number;
}

/** What a node can do on the bus that it is plugged into; each bus reset gives it another. */
export interface Wire {
  readonly nodeId: number;
  readonly generation: number;
  readonly isIrm: boolean;
  write(nodeId: number, address: number, octets: Octets): Promise<Rcode>;
  transmit(channel: number, packets: readonly IsochronousPacket[]): void;
}

export interface BusNode {
  /** EUI-64, sixteen hexadecimal digits. */
  readonly guid: string;
  /** Whether it can be isochronous resource manager. */
  readonly isContender: boolean;
  /** A bus reset is over, and this is the node's place now; undefined: it was unplugged. */
  reset(wire: Wire | undefined): void;
  answer(request: Request): Answer;
}

export const registerSpace = 0xffff_f000_0000;
export const nothing: Octets = new Uint8Array(0);

export const ended = (rcode: Rcode): Answer => ({ rcode, data: nothing });
export const complete = (data: Octets = nothing): Answer => ({ rcode: "complete", data });
