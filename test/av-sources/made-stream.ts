/** Transport streams and frames of DV made for tests: their clocks run, and there is nothing in them. */

import { randomBytes } from "node:crypto";

const packetOctets = 188;

export interface MadeOptions {
  readonly seconds: number;
  /** Packets in a second. */
  readonly rate?: number;
  /** Where the clock begins, in milliseconds. */
  readonly fromMs?: number;
  readonly pid?: number;
}

/** A clock reference every 40 ms, and a place to join every 480 ms; the fifth octet from the end of each packet counts. */
export function madePackets({ seconds, rate = 1_000, fromMs = 0, pid = 0x100 }: MadeOptions): Uint8Array {
  const count = Math.round(seconds * rate);
  const perReference = Math.round(rate / 25);
  const octets = new Uint8Array(count * packetOctets).fill(0xff);
  for (let at = 0; at < count; at++) {
    const packet = octets.subarray(at * packetOctets, (at + 1) * packetOctets);
    packet.set([0x47, pid >> 8, pid & 0xff, 0x10 | (at & 0xf), 0]);
    if (at % perReference !== 0) continue;
    const reference = Math.round((fromMs + (at / rate) * 1000) * 90) % 2 ** 33;
    const isJoin = at % (perReference * 12) === 0;
    packet.set([0x47, pid >> 8, pid & 0xff, 0x30 | (at & 0xf), 183, 0x10 | (isJoin ? 0x40 : 0)]);
    packet.set(
      [reference / 2 ** 25, reference / 2 ** 17, reference / 2 ** 9, reference / 2, (reference & 1) << 7, 0],
      6,
    );
  }
  return octets;
}

/** Packets as discs (4 octets before each) and demodulators (16 after each) have them. */
export function spread(packets: Uint8Array, before: number, after: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < packets.length; at += packetOctets) {
    parts.push(new Uint8Array(before).fill(0x47), packets.subarray(at, at + packetOctets), new Uint8Array(after));
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Frames of 525 lines, or of 625. */
export function madeFrames(count: number, isPal = false): Uint8Array {
  const sequences = isPal ? 12 : 10;
  const octets = new Uint8Array(count * sequences * 12_000).fill(0x99);
  for (let sequence = 0; sequence < count * sequences; sequence++) {
    octets.set([0x1f, ((sequence % sequences) << 4) | 7, 0, isPal ? 0xbf : 0x3f], sequence * 12_000);
  }
  return octets;
}

export const noise = (octets: number): Uint8Array =>
  new Uint8Array(randomBytes(octets)).map((one) => (one === 0x47 ? 0 : one));
