/**
 * The wire as the engine sees it: datagrams to and from nodes, and to all of them at once (ECHONET Lite specification,
 * part II, 2.2). A LAN of many nodes is one; a serial line to a single meter, slow and narrow, can be another.
 */

import type { Host } from "../contract/clock.ts";

export interface Datagram {
  /** The sender's address as `send` takes it: what is sent there goes back the way it came. Never a port: real nodes answer from any. */
  readonly from: string;
  /** Never written to again. */
  readonly octets: Uint8Array;
}

/** What a wire can bear. */
export interface Pace {
  /** How long an answer may take of a node of which nothing is known yet. */
  readonly firstAnswerMs: number;
  /** How long an answer may take at most. */
  readonly longestAnswerMs: number;
  /** How many properties one frame may ask for or set. */
  readonly mostProperties: number;
}

/** What a LAN bears: nodes answer within a second, or not at all, and the largest frame is one Ethernet packet. */
export const lanPace: Pace = { firstAnswerMs: 1_000, longestAnswerMs: 4_000, mostProperties: 10 };

export interface Transport extends AsyncDisposable {
  readonly pace: Pace;
  /** Never throws: what cannot be sent is as good as lost, and is asked again like it. */
  send(octets: Uint8Array, to: string): void;
  /** To every node that this wire leads to now. Never throws. */
  multicast(octets: Uint8Array): void;
  /** Calls the listener with every datagram from now on that is not the gateway's own; returns how to stop. */
  onDatagram(listener: (datagram: Datagram) => void): () => void;
  /** Calls the listener whenever the wire leads to nodes that it did not lead to before; returns how to stop. */
  onReach(listener: () => void): () => void;
}

export type Family = "ipv4" | "ipv6";

/** Where a transport is to look for nodes (network-interfaces.ts). */
export interface Reach {
  /** Addresses, interface names or "auto". */
  readonly interfaces: readonly string[];
  readonly families: readonly Family[];
}

/** @throws HomeError `address-unusable`. */
export type OpenTransport = (reach: Reach, host: Pick<Host, "clock" | "log">) => Promise<Transport>;
