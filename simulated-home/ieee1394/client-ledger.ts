/** What one program has taken of the bus and not given back, by the locks that it did: bandwidth, channels, connections (IEEE 1394-1995, 8.3.2.3; IEC 61883-1, 7). */

import { unsigned } from "../wire/octets.ts";
import { type Answer, registerSpace } from "./bus-words.ts";

export interface ClientLedger {
  /** A compare-swap of the program's, and what stood there before. */
  note(nodeId: number, address: number, octets: Uint8Array, answer: Answer): void;
  /** A bus reset has taken all from everybody. */
  clear(): void;
  readonly holdsAnything: boolean;
}

const bandwidth = 0x220;
const channels = [0x224, 0x228];
const plugs = { first: 0x904, end: 0xa00 };
const connections = (plug: number): number => (plug >>> 24) & 0x3f;
const bits = (quadlet: number): number => quadlet.toString(2).replaceAll("0", "").length;

export function createClientLedger(): ClientLedger {
  const held = new Map<string, number>();
  return {
    note(nodeId, address, octets, { rcode, data }) {
      const offset = address - registerSpace;
      if (rcode !== "complete" || octets.length !== 8) return;
      const [before, after] = [unsigned(octets.subarray(0, 4)), unsigned(octets.subarray(4))];
      if (unsigned(data) !== before) return;
      const key = `${nodeId} ${offset}`;
      const add = (amount: number): void => void held.set(key, (held.get(key) ?? 0) + amount);
      if (offset === bandwidth) add(before - after);
      else if (channels.includes(offset)) add(bits(before) - bits(after));
      else if (offset >= plugs.first && offset < plugs.end) add(connections(after) - connections(before));
    },
    clear: () => held.clear(),
    get holdsAnything() {
      return [...held.values()].some((amount) => amount > 0);
    },
  };
}
