/**
 * Cuts a transport stream into runs of whole packets (ISO/IEC 13818-1, 2.4.3), whatever lies between them, and finds the
 * beat again after noise. Pure.
 */

import { joinOctets } from "../bytes/join-octets.ts";
import type { Cut, Cutter } from "./cutter.ts";
import { ProgramClock } from "./program-clock.ts";

const packetOctets = 188;
const syncByte = 0x47;

export class PacketCutter implements Cutter {
  readonly #stride: number;
  readonly #clock = new ProgramClock();
  #rest: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #isLocked = false;
  octetsLost = 0;
  octetsUntimed = 0;

  constructor(stride: number) {
    this.#stride = stride;
  }

  push(octets: Uint8Array): readonly Cut[] {
    const all = this.#rest.length === 0 ? octets : joinOctets(this.#rest, octets);
    const cuts: Cut[] = [];
    let run: Uint8Array[] = [];
    let [sinceMs, isJoin] = [0, false];
    const end = (): void => {
      if (run.length > 0) cuts.push({ octets: this.#joined(run), sinceMs, isJoin });
      [run, sinceMs, isJoin] = [[], 0, false];
    };
    let at = 0;
    while (all.length - at >= this.#stride) {
      const next = all[at + this.#stride];
      const isPacket = all[at] === syncByte && (next === syncByte || (next === undefined && this.#isLocked));
      // Out of step, the packet after must be here to confirm this one.
      if (all[at] === syncByte && next === undefined && !this.#isLocked) break;
      this.#isLocked = isPacket;
      if (!isPacket) {
        at++;
        this.octetsLost++;
        continue;
      }
      const packet = all.subarray(at, at + packetOctets);
      const time = this.#clock.take(packet);
      const begins = this.#clock.isOfClock(packet) && isRandomAccess(packet);
      if (time !== undefined || begins) {
        end();
        [sinceMs, isJoin] = [time ?? 0, begins];
      }
      this.octetsUntimed = time === undefined ? this.octetsUntimed + packetOctets : 0;
      run.push(packet);
      at += this.#stride;
    }
    end();
    this.#rest = new Uint8Array(all.subarray(at));
    return cuts;
  }

  /** Packets that lie one behind the other are one piece of what came. */
  #joined(run: readonly Uint8Array[]): Uint8Array {
    const [first] = run;
    if (first === undefined || this.#stride !== packetOctets || !liesTogether(run)) return joinOctets(...run);
    return new Uint8Array(first.buffer, first.byteOffset, run.length * packetOctets);
  }
}

function liesTogether(run: readonly Uint8Array[]): boolean {
  const [first] = run;
  const last = run.at(-1);
  return (
    first?.buffer === last?.buffer &&
    (last?.byteOffset ?? 0) - (first?.byteOffset ?? 0) === (run.length - 1) * packetOctets
  );
}

/** The adaptation field says that decoding may begin here. */
function isRandomAccess(packet: Uint8Array): boolean {
  const [, , , fourth = 0, adaptation = 0, flags = 0] = packet;
  return (fourth & 0x20) !== 0 && adaptation > 0 && (flags & 0x40) !== 0;
}
