/** Runs of whole packets of a transport stream, cut where its clock is told (ISO/IEC 13818-1, 2.4.3). Pure. */

import { joinAll } from "../bytes/join-octets.ts";
import { PacketCutter, tsPacketOctets } from "../bytes/packet-cutter.ts";
import type { Cut, Cutter } from "./cutter.ts";
import { ProgramClock } from "./program-clock.ts";

export class TimedPackets implements Cutter {
  readonly #packets: PacketCutter;
  readonly #clock = new ProgramClock();
  octetsUntimed = 0;

  /** `stride`: octets from the beginning of a packet to that of the next. */
  constructor(stride: number) {
    this.#packets = new PacketCutter(stride);
  }

  get octetsLost(): number {
    return this.#packets.octetsLost;
  }

  push(octets: Uint8Array): readonly Cut[] {
    const cuts: Cut[] = [];
    let run: Uint8Array[] = [];
    let [sinceMs, isJoin] = [0, false];
    const end = (): void => {
      if (run.length > 0) cuts.push({ octets: joined(run), sinceMs, isJoin });
      [run, sinceMs, isJoin] = [[], 0, false];
    };
    this.#packets.push(octets, (all, at) => {
      const packet = all.subarray(at, at + tsPacketOctets);
      const time = this.#clock.take(packet);
      const begins = this.#clock.isOfClock(packet) && isRandomAccess(packet);
      if (time !== undefined || begins) {
        end();
        [sinceMs, isJoin] = [time ?? 0, begins];
      }
      this.octetsUntimed = time === undefined ? this.octetsUntimed + tsPacketOctets : 0;
      run.push(packet);
    });
    end();
    return cuts;
  }
}

/** Packets that lie one behind the other are one piece of what came. */
function joined(run: readonly Uint8Array[]): Uint8Array {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return joinAll(run);
  const isTogether = last.byteOffset - first.byteOffset === (run.length - 1) * tsPacketOctets;
  return isTogether ? new Uint8Array(first.buffer, first.byteOffset, run.length * tsPacketOctets) : joinAll(run);
}

/** The adaptation field says that decoding may begin here. */
function isRandomAccess(packet: Uint8Array): boolean {
  const [, , , fourth = 0, adaptation = 0, flags = 0] = packet;
  return (fourth & 0x20) !== 0 && adaptation > 0 && (flags & 0x40) !== 0;
}
