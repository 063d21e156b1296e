/** What the counter of data blocks tells of loss: packets that never came, came late, or came twice (IEC 61883-1, 6.2.1). */

import { blockCount, type CipPacket } from "./cip.ts";

export interface Arrival {
  /** Data blocks that were sent since the packet before and did not come. */
  readonly lost: number;
  /** It was sent before one that came already: late, or a second time. */
  readonly isLate: boolean;
}

const onTime: Arrival = { lost: 0, isLate: false };
/** The counter has 8 bits: a step of more than half its way round is one back. */
const round = 0x100;

/** Of one stream. Empty packets are not looked at: some devices leave an old count in them. */
export class BlockCounter {
  #next: number | undefined;

  arrive(packet: CipPacket): Arrival {
    const count = blockCount(packet);
    if (count === 0) return onTime;
    const gap = this.#next === undefined ? 0 : (packet.dbc - this.#next + round) % round;
    if (gap > round / 2) return { lost: 0, isLate: true };
    this.#next = (packet.dbc + count) % round;
    return { lost: gap, isLate: false };
  }
}
