/**
 * What a simulated device sends while it has anything to send and somebody is connected to its plug: isochronous packets,
 * 8,000 cycles a second, some milliseconds of them at a time (IEC 61883-1, 6 and 7).
 */

import type { Clock, Timer } from "../../../gateway-core/contract/clock.ts";
import type { Octets } from "../../wire/octets.ts";
import type { IsochronousPacket, Wire } from "../bus-words.ts";
import type { Registers } from "../registers.ts";
import { createStreamFaults, type StreamFaults } from "./stream-faults.ts";

/** One kind of stream, cut into packets. */
export interface PacketSource {
  /** Somebody is connected: something will be wanted soon. */
  prepare(): void;
  /** A transmission begins with this cycle, counted from the beginning of time. */
  begin(cycle: number): void;
  /** What goes out in the next cycle: a CIP header, and data blocks if any are due. @param sid physical id of the sender */
  next(cycle: number, sid: number): Octets;
}

export interface TransmitterPlan {
  readonly clock: Clock;
  readonly registers: Registers;
  readonly source: PacketSource;
  readonly isSending: () => boolean;
  readonly faults?: StreamFaults;
}

export interface Transmitter {
  reset(wire: Wire | undefined): void;
  /** Something has changed that may begin a transmission. */
  poke(): void;
}

const tickMs = 8;
const cyclesPerMs = 8;
/** A process that slept does not make up for all that it missed. */
const mostCycles = 800;
const broadcastBit = 0x4000_0000;
const cyclesPerSecond = 8000;

export function createTransmitter(plan: TransmitterPlan): Transmitter {
  const { clock, registers, source, isSending, faults = {} } = plan;
  const spoil = createStreamFaults(faults);
  let wire: Wire | undefined;
  let timer: Timer | undefined;
  let sentUntil = 0;

  const register = (): number => registers.output(0);
  const isConnected = (): boolean => (register() & broadcastBit) !== 0 || ((register() >>> 24) & 0x3f) > 0;
  const channel = (): number => (register() >>> 16) & 0x3f;
  const isDue = (): boolean => wire !== undefined && isSending() && isConnected();
  const cycleNow = (): number => Math.floor(clock.now() * cyclesPerMs);

  function tick(): void {
    timer = undefined;
    if (!isDue()) return;
    const now = cycleNow();
    const from = Math.max(sentUntil, now - mostCycles);
    const sid = (wire?.nodeId ?? 0) & 0x3f;
    const packets: IsochronousPacket[] = [];
    for (let cycle = from; cycle < now; cycle++) {
      packets.push(...spoil({ cycle: cycle % cyclesPerSecond, tag: 1, octets: source.next(cycle, sid) }));
    }
    sentUntil = now;
    if (packets.length > 0) wire?.transmit(channel(), packets);
    timer = clock.after(tickMs, tick);
  }

  return {
    reset(next) {
      wire = next;
      if (next === undefined) timer?.cancel();
      if (next === undefined) timer = undefined;
    },
    poke() {
      if (wire !== undefined && isConnected()) source.prepare();
      if (timer !== undefined || !isDue()) return;
      sentUntil = cycleNow();
      source.begin(sentUntil);
      timer = clock.after(tickMs, tick);
    },
  };
}
