/** What is called of the operating system for FireWire: files of /dev, ioctl, poll and mmap. Everything else of the bus is free of it. */

import type { Rcode } from "../bus.ts";

/** A place in a structure that holds the address of other octets. */
export interface Pointer {
  readonly at: number;
  readonly to: Uint8Array | bigint;
}

export interface Mapping {
  /** The memory itself: the kernel writes into it. */
  readonly octets: Uint8Array;
  readonly address: bigint;
  unmap(): void;
}

export interface Readiness {
  readonly fd: number;
  readonly isReadable: boolean;
  /** Its device has gone. */
  readonly isGone: boolean;
}

export type Opened = { readonly fd: number } | { readonly refusal: "denied" | "absent" };

/** All of them return at once, save `poll`. */
export interface LinuxCalls {
  /** Names in /dev that begin with "fw" and end with a number. */
  list(): readonly string[];
  open(name: string): Opened;
  close(fd: number): void;
  /** At least 0, or the negative error number. */
  ioctl(fd: number, request: number, argument: Uint8Array, pointers?: readonly Pointer[]): number;
  /** One event; only where there is one, else it blocks. Octets read, 0 where there is none any more. */
  read(fd: number, into: Uint8Array): number;
  /** For reading. Undefined where the kernel has no memory for it. */
  map(fd: number, octets: number): Mapping | undefined;
  /** Milliseconds that only grow. */
  now(): number;
}

/** Numbers of errors as Linux has them on all machines that have FireWire. */
const endings: Readonly<Record<number, Rcode>> = { 19: "no-ack", 5: "data-error", 22: "type-error" };

/** How a transaction ended that the kernel did not take: no such device, too long, no such kind. */
export function rcodeOfError(result: number): Rcode {
  return endings[-result] ?? "send-error";
}
