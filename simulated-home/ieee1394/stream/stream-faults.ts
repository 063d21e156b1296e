/** What goes wrong with the packets of a device on their way, or in the device itself: the fault knobs of tests and scenarios. Empty packets are let through. */

import type { IsochronousPacket } from "../bus-words.ts";

/** Each befalls every nth packet with data, and the packets behind it where that says so. */
export interface StreamFaults {
  /** It never comes. */
  readonly loseEvery?: number;
  /** It comes twice. */
  readonly repeatEvery?: number;
  /** It comes after the one behind it. */
  readonly swapEvery?: number;
  /** From it on the counter of data blocks is a source packet further (five blocks where there are none), though nothing is missing. */
  readonly skipEvery?: number;
  /** The device breaks off: a hundred packets are not sent, and the counter goes on as if there had been none. */
  readonly breakEvery?: number;
}

const headerOctets = 8;
const skippedBlocks = { ofSourcePackets: 8, ofOthers: 5 };
/** The bits that say into how many data blocks a source packet is cut. */
const fraction = 0xc0;
const packetsOfBreak = 100;

export function createStreamFaults(faults: StreamFaults): (packet: IsochronousPacket) => readonly IsochronousPacket[] {
  let count = 0;
  let shift = 0;
  let unsent = 0;
  let held: IsochronousPacket | undefined;
  const isDue = (every: number | undefined): boolean => every !== undefined && count % every === 0;

  /** In its place goes what was held back, behind it. */
  function withHeld(packets: readonly IsochronousPacket[]): readonly IsochronousPacket[] {
    if (held === undefined) return packets;
    const both = [...packets, held];
    held = undefined;
    return both;
  }

  return (packet) => {
    const blocks = blocksOf(packet);
    if (blocks === 0) return [packet];
    count++;
    if (isDue(faults.breakEvery)) unsent = packetsOfBreak;
    if (unsent > 0) {
      unsent--;
      shift -= blocks;
      return [];
    }
    if (isDue(faults.skipEvery)) {
      const isCut = ((packet.octets[2] ?? 0) & fraction) !== 0;
      shift += isCut ? skippedBlocks.ofSourcePackets : skippedBlocks.ofOthers;
    }
    const shifted = counted(packet, shift);
    if (isDue(faults.loseEvery)) return [];
    if (isDue(faults.repeatEvery)) return withHeld([shifted, shifted]);
    if (isDue(faults.swapEvery)) {
      held = shifted;
      return [];
    }
    return withHeld([shifted]);
  };
}

function blocksOf({ octets }: IsochronousPacket): number {
  return (octets.length - headerOctets) / ((octets[1] ?? 1) * 4);
}

function counted(packet: IsochronousPacket, shift: number): IsochronousPacket {
  const octets = packet.octets.slice();
  octets[3] = ((octets[3] ?? 0) + shift) & 0xff;
  return { ...packet, octets };
}
