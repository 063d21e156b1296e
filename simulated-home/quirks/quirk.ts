/** What a quirk of a device may be: it does not hear, answers otherwise, announces otherwise, or writes its octets otherwise. */

import type { Frame } from "../wire/frame.ts";
import type { Octets } from "../wire/octets.ts";

/** One frame that leaves as an answer. */
export interface Reply {
  readonly frame: Frame;
  /** Milliseconds that it comes late. */
  readonly lateMs?: number;
  /** From a port that is not the protocol's. */
  readonly isFromOtherPort?: boolean;
}

export interface Heard {
  readonly request: Frame;
  readonly isMulticast: boolean;
}

export interface Quirk {
  /** False: as if the request had never come. `eoj` is the object that it is for. */
  hears?(heard: Heard, eoj: number): boolean;
  /** What leaves instead. */
  answers?(replies: readonly Reply[], heard: Heard): readonly Reply[];
  /** What is announced instead; `askedBy` is the object that asked last. */
  announces?(frame: Frame, askedBy: number | undefined): Frame;
  /** The octets of an answer, as they leave. */
  writes?(octets: Octets): Octets;
  /** It takes the nearest value instead of refusing one that is out of range. */
  readonly clips?: boolean;
}

/** A quirk that makes of each answer one other. */
export function onEach(change: (frame: Frame, heard: Heard) => Frame): Quirk {
  return {
    answers: (replies, heard) => replies.map((reply) => ({ ...reply, frame: change(reply.frame, heard) })),
  };
}
