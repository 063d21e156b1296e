/** What an attacker, a broken node and a bad cable put on the LAN: made-up senders, new TIDs, random octets, frames with flipped bits; the same at every run. */

import { encodeFrame } from "../gateway-core/echonet/frame.ts";
import { encodeInstanceList } from "../gateway-core/echonet/instance-list.ts";
import type { Datagram } from "../gateway-core/echonet/transport.ts";

/** Datagrams without end. `known` is the address of a node that is there, in whose name some of them come. */
export function* hostileDatagrams(known: string): Generator<Datagram, never> {
  const below = seeded(0x6d2b79f5);
  const octetsOf = (length: number): Uint8Array => Uint8Array.from({ length }, () => below(256));
  const stranger = (): string => `10.${below(256)}.${below(256)}.${below(256)}`;
  const anyOf = <T>(...items: [T, ...T[]]): T => items[below(items.length)] ?? items[0];
  const frameOf = (seoj: number, deoj: number, esv: "INF" | "INFC" | "Get" | "Get_Res" | "Get_SNA" | "Set_Res") =>
    encodeFrame({
      tid: below(0x10000),
      seoj,
      deoj,
      esv,
      properties: Array.from({ length: 1 + below(4) }, () => ({ epc: 0x80 + below(128), edt: octetsOf(below(5)) })),
    });
  const answer = (): Uint8Array =>
    frameOf(anyOf(0x013001, 0x029001, 0x0ef001), 0x05ff01, anyOf("Get_Res", "Get_SNA", "Set_Res"));
  const list = (): Uint8Array => {
    const eojs = Array.from({ length: 1 + below(20) }, () => 0x010001 + 256 * below(0x300));
    const properties = [{ epc: anyOf(0xd5, 0xd6), edt: encodeInstanceList(eojs) }];
    return encodeFrame({
      tid: below(0x10000),
      seoj: 0x0ef001,
      deoj: 0x0ef001,
      esv: anyOf("INF", "Get_Res"),
      properties,
    });
  };
  const flipped = (octets: Uint8Array): Uint8Array => {
    for (let flips = 1 + below(3); flips > 0; flips--) {
      const index = below(octets.length);
      octets[index] = (octets[index] ?? 0) ^ (1 << below(8));
    }
    return octets.subarray(0, octets.length - below(3));
  };
  for (;;) {
    yield { from: stranger(), octets: octetsOf(below(80)) };
    yield { from: stranger(), octets: frameOf(below(0x1000000), 0x0ef001, anyOf("INF", "INFC")) };
    yield { from: stranger(), octets: list() };
    yield { from: stranger(), octets: frameOf(0x05ff01, anyOf(0x0ef001, 0x05ff01), "Get") };
    yield { from: stranger(), octets: flipped(list()) };
    yield { from: known, octets: answer() };
    yield { from: known, octets: flipped(answer()) };
    yield { from: known, octets: octetsOf(below(1_500)) };
  }
}

/** Whole numbers below a bound, from a seed (xorshift, 32 bits). */
function seeded(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
