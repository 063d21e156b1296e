/** Frames of DV, each with the time that it is shown (IEC 61834-2). Pure. */

import { FrameCutter, isOf625 } from "../bytes/frame-cutter.ts";
import type { Cut, Cutter } from "./cutter.ts";

const ms525 = 1001 / 30;
const ms625 = 40;

export class TimedFrames implements Cutter {
  readonly #frames = new FrameCutter();
  /** Every frame is a part of a second by itself. */
  readonly octetsUntimed = 0;

  get octetsLost(): number {
    return this.#frames.octetsLost;
  }

  push(octets: Uint8Array): readonly Cut[] {
    return this.#frames
      .push(octets)
      .map((frame) => ({ octets: frame, sinceMs: isOf625(frame) ? ms625 : ms525, isJoin: true }));
  }
}
