/** What the bus port and the thread that holds its device files tell one another. */

import type { Answer, BusState, FcpWrite, LockKind, NodeAt } from "../bus.ts";
import type { RomDescriptor } from "../rom-descriptor.ts";

export type ToCard =
  | {
      readonly do: "transact";
      readonly id: number;
      readonly kind: "read" | "write" | LockKind;
      readonly at: NodeAt;
      readonly address: number;
      /** Of a read. */
      readonly octetCount: number;
      /** Of the others. */
      readonly octets: Uint8Array;
    }
  | { readonly do: "reserve"; readonly id: number; readonly units: number; readonly wish: number | undefined }
  | { readonly do: "free"; readonly id: number; readonly channel: number; readonly units: number }
  | { readonly do: "listen" | "unlisten"; readonly channel: number }
  | { readonly do: "announce"; readonly descriptor: RomDescriptor }
  /** A device file may have come, or may be opened now. */
  | { readonly do: "look" }
  | { readonly do: "reset" }
  | { readonly do: "close" };

/** How a reservation ended: with a channel, or with what is left of the bandwidth, where that can be read. */
export type Reserved =
  | { readonly channel: number; readonly generation: number }
  | { readonly availableUnits: number | undefined };

export type FromCard =
  /** Eight octets written to this file wake the thread. */
  | { readonly tell: "ready"; readonly wakeFd: number }
  | { readonly tell: "state"; readonly state: BusState }
  | { readonly tell: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly tell: "reserved"; readonly id: number; readonly reserved: Reserved }
  | { readonly tell: "fcp"; readonly frame: FcpWrite }
  | { readonly tell: "isochronous"; readonly channel: number; readonly batch: PacketBatch }
  /** Files that may not be opened; none when all may. */
  | { readonly tell: "denied"; readonly names: readonly string[] }
  /** The kernel could not reserve again after a bus reset. */
  | { readonly tell: "reservation-lost"; readonly channel: number }
  /** The kernel took a descriptor for the own node's ROM not: the number of its error. */
  | { readonly tell: "not-announced"; readonly error: number }
  /** The thread cannot work here: `koffi` is not installed. */
  | { readonly tell: "failed"; readonly reason: string };

/** Packets one behind the other, so that they change threads without being copied. */
export interface PacketBatch {
  /** Cycle, tag and length of each. */
  readonly heads: Uint16Array;
  readonly octets: Uint8Array<ArrayBuffer>;
}

/** How many numbers of `heads` a packet has. */
export const headNumbers = 3;
