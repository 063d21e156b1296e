/** What is wished of a player, and what it tells of how it stands. */

import type { Problem, StandingStream } from "./stream-client.ts";

/**
 * `connecting`, with what stands in the way now; `waiting`: connected, and the device sends nothing yet; `pictures`: single
 * ones move, for who cannot play; `ended` with its reason.
 */
export type PlayerState = "connecting" | "waiting" | "playing" | "stalled" | "pictures" | "ended";

export interface PlayerNews {
  readonly state: PlayerState;
  readonly problem?: Problem | undefined;
  readonly rungs?: StandingStream["rungs"];
  /** How many sounds the device sends. */
  readonly audioCount?: number;
  /** Where single pictures are drawn: the video shows nothing then. */
  readonly canvas?: HTMLCanvasElement;
}

/** A sound of the device, from 1 on, and a rung; "" for whichever the line carries. */
export interface PlayerWish {
  readonly audio: number;
  readonly rung: string;
}
