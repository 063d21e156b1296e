/** Cuts what a source sends into whole packets or frames, and says how much time each piece stands for. */

export interface Cut {
  /** One frame, or a run of whole packets of 188 octets. */
  readonly octets: Uint8Array;
  /** By the stream's own clock, from the cut before to this one: milliseconds. 0 where the clock says nothing of it. */
  readonly sinceMs: number;
  /** Whether a decoder may begin with it. */
  readonly isJoin: boolean;
}

export interface Cutter {
  /** What is whole now. */
  push(octets: Uint8Array): readonly Cut[];
  /** Octets that belong to no packet or frame. */
  readonly octetsLost: number;
  /** Octets since the stream's own clock was heard last. */
  readonly octetsUntimed: number;
}
