/**
 * What a simulated deck sends while it plays and somebody is connected to its plug: DV in isochronous packets, 8,000
 * cycles a second, some milliseconds of them at a time (IEC 61883-1, 6; IEC 61883-2).
 */

import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";
import type { IsochronousPacket, Wire } from "./bus-words.ts";
import { type DvContent, stampTimeCode } from "./dv-content.ts";
import type { Registers } from "./registers.ts";
import { joined } from "./rom-writer.ts";

export interface TransmitterPlan {
  readonly clock: Clock;
  readonly registers: Registers;
  readonly content: DvContent;
  readonly isPlaying: () => boolean;
  /** Frames of the tape from its beginning: which one is under the head now. */
  readonly frame: () => number;
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
const blockOctets = 480;
const broadcastBit = 0x4000_0000;

export function createTransmitter({ clock, registers, content, isPlaying, frame }: TransmitterPlan): Transmitter {
  const { lines, framesPerSecond } = content;
  const blocksOfFrame = lines === 625 ? 300 : 250;
  const perCycle = (blocksOfFrame * framesPerSecond) / 8000;
  let wire: Wire | undefined;
  let timer: Timer | undefined;
  let sentUntil = 0;
  let owed = 0;
  let counter = 0;
  let block = 0;
  let picture: Uint8Array = new Uint8Array(blocksOfFrame * blockOctets);
  let shown = 0;

  const register = (): number => registers.output(0);
  const isConnected = (): boolean => (register() & broadcastBit) !== 0 || ((register() >>> 24) & 0x3f) > 0;
  const channel = (): number => (register() >>> 16) & 0x3f;

  function packet(cycle: number): IsochronousPacket {
    owed += perCycle;
    const hasData = owed >= 1;
    if (hasData) owed -= 1;
    if (hasData && block === 0) picture = next();
    const sid = (wire?.nodeId ?? 0) & 0x3f;
    const header = Uint8Array.of(sid, 120, 0, counter, 0x80, lines === 625 ? 0x80 : 0, 0xff, 0xff);
    if (!hasData) return { cycle, tag: 1, octets: header };
    const payload = picture.subarray(block * blockOctets, (block + 1) * blockOctets);
    counter = (counter + 1) % 256;
    block = (block + 1) % blocksOfFrame;
    return { cycle, tag: 1, octets: joined([header, payload]) };
  }

  /** Frames follow one another even where the clock is a little off. */
  function next(): Uint8Array {
    const now = frame();
    shown = Math.abs(now - shown) > 3 ? now : shown + 1;
    return stampTimeCode(content.frame(shown), shown, Math.round(framesPerSecond));
  }

  function tick(): void {
    timer = undefined;
    if (wire === undefined || !isPlaying() || !isConnected()) return;
    const now = Math.floor(clock.now() * cyclesPerMs);
    const from = Math.max(sentUntil, now - mostCycles);
    const packets = Array.from({ length: now - from }, (_, place) => packet((from + place) % 8000));
    sentUntil = now;
    if (packets.length > 0) wire.transmit(channel(), packets);
    timer = clock.after(tickMs, tick);
  }

  function poke(): void {
    if (timer !== undefined || wire === undefined || !isPlaying() || !isConnected()) return;
    sentUntil = Math.floor(clock.now() * cyclesPerMs);
    block = 0;
    timer = clock.after(tickMs, tick);
  }

  return {
    reset(next) {
      wire = next;
      if (next === undefined) timer?.cancel();
      if (next === undefined) timer = undefined;
    },
    poke,
  };
}
