/** Makes many rounds of some transport packets one long stream: clock references, presentation times and counters go on (ISO/IEC 13818-1, 2.4.3). */

export const packetOctets = 188;

const clockBase = 90_000;
const nullPid = 0x1fff;
const times = 2 ** 33;
const startCode = 0x0000_01;

/** Moves what time stamps the packet has on by so many seconds; changes it. */
export function retime(packet: Uint8Array, seconds: number): void {
  const ticks = Math.round(seconds * clockBase);
  const [, second = 0, , fourth = 0, adaptation = 0, flags = 0] = packet;
  const hasAdaptation = (fourth & 0x20) !== 0;
  if (hasAdaptation && adaptation >= 7 && (flags & 0x10) !== 0) moveReference(packet, ticks);
  const isStart = (second & 0x40) !== 0 && (fourth & 0x10) !== 0;
  if (isStart) movePresentation(packet, 4 + (hasAdaptation ? 1 + adaptation : 0), ticks);
}

/** 33 bits of 90 kHz, then six reserved and nine of the extension. */
function moveReference(packet: Uint8Array, ticks: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset);
  const low = view.getUint16(10);
  const base = (view.getUint32(6) * 2 + (low >>> 15) + ticks) % times;
  view.setUint32(6, Math.floor(base / 2));
  view.setUint16(10, (low & 0x7fff) | ((base % 2) << 15));
}

/** The header of a packetized elementary stream has one time stamp or two. */
function movePresentation(packet: Uint8Array, at: number, ticks: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset, packetOctets);
  if (at + 19 > packetOctets || view.getUint32(at) >>> 8 !== startCode) return;
  const flags = view.getUint8(at + 7) >> 6;
  if (flags >= 2) moveStamp(packet, at + 9, ticks);
  if (flags === 3) moveStamp(packet, at + 14, ticks);
}

/** Four bits of a mark, then 3, 15 and 15 bits, each with a marker bit behind it. */
function moveStamp(packet: Uint8Array, at: number, ticks: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset, packetOctets);
  const head = view.getUint8(at);
  const before = ((head >> 1) & 7) * 2 ** 30 + (view.getUint16(at + 1) >> 1) * 2 ** 15 + (view.getUint16(at + 3) >> 1);
  const after = (before + ticks) % times;
  view.setUint8(at, (head & 0xf0) | (Math.floor(after / 2 ** 30) << 1) | 1);
  view.setUint16(at + 1, ((Math.floor(after / 2 ** 15) & 0x7fff) << 1) | 1);
  view.setUint16(at + 3, ((after & 0x7fff) << 1) | 1);
}

/** Counts the packets with a payload of each PID, as one that never stopped does; changes them. */
export function createContinuity(): (packet: Uint8Array) => Uint8Array {
  const counters = new Map<number, number>();
  return (packet) => {
    const [, high = 0, low = 0, fourth = 0] = packet;
    const pid = ((high & 0x1f) << 8) | low;
    if (pid === nullPid) return packet;
    const last = counters.get(pid) ?? 15;
    const count = (fourth & 0x10) === 0 ? last : (last + 1) % 16;
    counters.set(pid, count);
    packet[3] = (fourth & 0xf0) | count;
    return packet;
  };
}
