/** The bus port at transaction level (IEEE 1394-1995, 7; IEEE 1394a-2000; IEC 61883-1, 9: FCP): what every bus offers to those above it. */

import type { RomDescriptor } from "./rom-descriptor.ts";

/** How a transaction ended: the response codes of the standard, then what kept it from one. */
export type Rcode =
  | "complete"
  | "conflict-error"
  | "data-error"
  | "type-error"
  | "address-error"
  | "send-error"
  | "cancelled"
  | "busy"
  /** A bus reset came before it: node ids mean other nodes now. */
  | "generation"
  | "no-ack";

export interface BusState {
  /** Counts bus resets: 0 to 255, and round. */
  readonly generation: number;
  /** Of this machine: 10 bits of bus, 6 bits of physical id, as all node ids. */
  readonly localNodeId: number;
  /** The isochronous resource manager; undefined where no node is one. */
  readonly irmNodeId: number | undefined;
  /** All nodes whose link is active, the local one included; none while there is no bus. */
  readonly nodeIds: readonly number[];
  /** Cycles of arbitration gaps: 63 until somebody lowers it. */
  readonly gapCount: number;
}

/** A node as it is called between two bus resets. */
export interface NodeAt {
  readonly nodeId: number;
  readonly generation: number;
}

export interface Answer {
  readonly rcode: Rcode;
  /** What was read, or what stood there before a lock; nothing unless complete. */
  readonly data: Uint8Array;
}

/** Extended transaction codes; the octets of a lock are argument and data, of a fetch-add the data alone. */
export type LockKind = "mask-swap" | "compare-swap" | "fetch-add";

/** A write to the FCP registers of this machine. */
export interface FcpWrite extends NodeAt {
  readonly isResponse: boolean;
  readonly octets: Uint8Array;
}

export interface IsochronousPacket {
  /** The cycle that it came in, 0 to 7999. */
  readonly cycle: number;
  /** 1: with a CIP header. */
  readonly tag: number;
  readonly octets: Uint8Array;
}

/** Channel and bandwidth that a stream has been given. */
export interface Reservation {
  readonly channel: number;
  readonly units: number;
  /** After another bus reset it is void. */
  readonly generation: number;
}

export interface Reservations {
  /**
   * The channel wished for if it is free, else another.
   * @throws HomeError `bus-full` {neededUnits, availableUnits?}; `device-silent` with `reason` "generation" when a reset came between
   */
  reserve(units: number, wish?: number): Promise<Reservation>;
  /** What is void already, or cannot be given back, is let go. */
  free(reservation: Reservation): Promise<void>;
}

/** Why there is no bus where one should be: files that may not be opened, a thread that cannot work, a socket that nobody listens at. */
export interface BusTrouble {
  readonly reason: "bus-denied" | "bus-failed" | "bus-away";
  readonly detail: string;
}

/** Called at each change; undefined: there is a bus, or none is expected. */
export type TellTrouble = (trouble: BusTrouble | undefined) => void;

/** Transactions never reject: how they failed is their rcode. Listeners are called until the function returned is. */
export interface Bus extends AsyncDisposable {
  readonly state: BusState;
  /** Four octets by a quadlet read, more by a block read. */
  read(at: NodeAt, address: number, octetCount: number): Promise<Answer>;
  write(at: NodeAt, address: number, octets: Uint8Array): Promise<Rcode>;
  lock(at: NodeAt, address: number, kind: LockKind, octets: Uint8Array): Promise<Answer>;
  resetBus(): void;
  /** Where the machine reserves by itself: it keeps channel and bandwidth for whoever asks again after a reset, and frees them when the process ends. */
  readonly irm?: Reservations;
  /** Adds blocks to the configuration ROM of this machine's node until this bus is closed; a bus reset tells the others of it. */
  announce?(descriptor: RomDescriptor): void;
  /** After each bus reset, and when the bus itself comes or goes. */
  onReset(listener: (state: BusState) => void): () => void;
  onFcp(listener: (frame: FcpWrite) => void): () => void;
  /** The packets of a channel, some milliseconds of them at a time. */
  listen(channel: number, listener: (packets: readonly IsochronousPacket[]) => void): () => void;
}

/** A bus that is not there. */
export const noBus: BusState = {
  generation: 0,
  localNodeId: 0xffff,
  irmNodeId: undefined,
  nodeIds: [],
  gapCount: 63,
};
