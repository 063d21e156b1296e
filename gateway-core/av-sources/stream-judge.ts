/** Whether what a source sends is still a stream: nothing else would ever say so. Pure. */

import type { Cutter } from "./cutter.ts";
import { sourceTrouble } from "./source-trouble.ts";

/** A second or so of what any source sends. */
const judgedOctets = 4 << 20;
const mostLost = 0.9;

export class StreamJudge {
  readonly #cutter: Pick<Cutter, "octetsLost" | "octetsUntimed">;
  #octets = 0;
  #lostBefore = 0;

  constructor(cutter: Pick<Cutter, "octetsLost" | "octetsUntimed">) {
    this.#cutter = cutter;
  }

  /** @throws HomeError of the last octets hardly any were a packet's or a frame's, or no packet of them has told the time */
  judge(octets: number): void {
    this.#octets += octets;
    if (this.#octets < judgedOctets) return;
    const { octetsLost, octetsUntimed } = this.#cutter;
    const isNoise = octetsLost - this.#lostBefore > this.#octets * mostLost;
    if (isNoise || octetsUntimed >= judgedOctets) throw sourceTrouble("no-picture");
    [this.#octets, this.#lostBefore] = [0, octetsLost];
  }
}
