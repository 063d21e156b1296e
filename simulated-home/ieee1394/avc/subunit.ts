/** A subunit of a simulated AV/C unit: what it makes of each opcode (AV/C General 4.2, 7 and 8). */

import type { Octets } from "../../wire/octets.ts";

/** What is answered: opcode and operands, or a refusal. */
export type Reply = { readonly frame: Octets; readonly isInTransition?: boolean } | "rejected" | "not-implemented";

export interface Opcode {
  /** What STATUS is answered. */
  status?(operands: Octets): Reply;
  /** Obeys, and repeats what it was told unless it answers otherwise. */
  control?(operands: Octets): Reply | undefined;
  /** Whether a CONTROL with these operands exists at all; all do unless told. */
  knows?(operands: Octets): boolean;
  /** Whether NOTIFY is supported: the status, and later another one. */
  readonly notifies?: boolean;
}

export interface Subunit {
  /** 5 bits. */
  readonly type: number;
  /** 3 bits. */
  readonly id: number;
  readonly opcodes: ReadonlyMap<number, Opcode>;
  /** Calls the listener whenever what a status tells may be another. */
  onChange?(listener: () => void): void;
}

/** How the unit misbehaves towards its controller: the fault knobs of tests and scenarios. */
export interface AvcFaults {
  /** Commands are taken and never answered. */
  isSilent?: boolean;
  /** How long the answer takes. */
  answerMs?: number;
  /** An INTERIM response comes first, and the final one so much later. */
  interimMs?: number;
  /** The answer is on its way before the command has been acknowledged. */
  answersFirst?: boolean;
  /** So many CONTROL commands are answered NOT IMPLEMENTED: the mechanism is busy. */
  busyCommands?: number;
  /** Every final response is sent twice. */
  answersTwice?: boolean;
}
