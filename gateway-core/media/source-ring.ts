/** What a fresh encoder is given of a source that runs already, whatever the source's form. Pure. */

import type { SourceForm } from "../contract/stream.ts";
import { DvRing } from "./dv-ring.ts";
import { JoinRing, type JoinRingOptions } from "./join-ring.ts";

export interface SourceRing {
  /** Takes octets as they come; returns what goes on to an encoder that has joined, to be read only. */
  push(octets: Uint8Array): Uint8Array;
  /** Empty while nothing can be begun with. */
  preroll(): Uint8Array;
  /** Whether what comes has become another since this was asked last, other pictures or another sound: an encoder finds out only at its beginning. */
  isRenewed(): boolean;
  /** How many sounds there are to choose from; 0 while none has come. */
  readonly audioCount: number;
  /** Octets that were thrown away because they belong to no packet or frame. */
  readonly octetsLost: number;
  /** Octets of the programme that came scrambled, since any came clear. */
  readonly octetsScrambled: number;
  /** Octets since the last place that can be begun with. */
  readonly octetsUnbegun: number;
}

export const createSourceRing = (
  form: SourceForm,
  options: Pick<JoinRingOptions, "program" | "isTaken"> = {},
): SourceRing => (form === "dv" ? new DvRing() : new JoinRing(options));
