/** An MPEG-2 transport stream cut into isochronous packets: source packets with the time at which each is due, as many as are due in a cycle (IEC 61883-4). */

import { big, type Octets } from "../../wire/octets.ts";
import { joined } from "../rom-writer.ts";
import type { PacketSource } from "./transmitter.ts";
import type { TsContent } from "./ts-content.ts";

const cyclesPerSecond = 8000;
const ticksOfCycle = 3072;
const packetBits = 188 * 8;
const blocksOfPacket = 8;
/** As many as the plug has room for. */
const mostInCycle = 3;
/** What the receiver has to even out the wait for the next cycle. */
const delayCycles = 3;

/** @param seconds where in the stream the device is now */
export function createTsPackets(content: TsContent, seconds: () => number): PacketSource {
  const perSecond = content.bitsPerSecond / packetBits;
  const cyclesOfPacket = cyclesPerSecond / perSecond;
  let dueAt = 0;
  let number = 0;
  let counter = 0;

  /** Packets follow one another; a tape that was wound goes on from where it is. */
  function follow(): void {
    const now = Math.floor(seconds() * perSecond);
    if (Math.abs(now - number) > perSecond) number = now;
  }

  function sourcePacket(): Octets {
    const due = dueAt + delayCycles;
    const cycle = Math.floor(due);
    const stamp = (cycle % cyclesPerSecond) * 2 ** 12 + Math.floor((due - cycle) * ticksOfCycle);
    dueAt += cyclesOfPacket;
    return joined([big(stamp, 4), content.packet(number++)]);
  }

  return {
    prepare: content.prepare,
    begin(cycle) {
      dueAt = cycle;
      number = Math.floor(seconds() * perSecond);
    },
    next(cycle, sid) {
      // A process that slept has nothing to make up for.
      if (cycle - dueAt > cyclesPerSecond / 10) dueAt = cycle;
      const packets: Octets[] = [];
      if (dueAt < cycle + 1) follow();
      while (dueAt < cycle + 1 && packets.length < mostInCycle) packets.push(sourcePacket());
      const header = Uint8Array.of(sid, 6, 0xc4, counter, 0xa0, 0, 0, 0);
      counter = (counter + packets.length * blocksOfPacket) % 256;
      return joined([header, ...packets]);
    },
  };
}
