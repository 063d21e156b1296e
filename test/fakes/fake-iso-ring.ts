/** An isochronous context of the fake kernel: packets into memory, their headers into events (drivers/firewire/ohci.c, "packet-per-buffer"). */

import type { IsochronousPacket } from "../../gateway-core/ieee1394/bus.ts";
import type { Mapping } from "../../gateway-core/ieee1394/linux/linux-calls.ts";
import type { BusClient } from "../../simulated-home/ieee1394/simulated-bus.ts";

export interface FakeRing {
  map(octets: number): Mapping;
  queue(address: number, packets: Uint8Array): number;
  start(): number;
  flush(): number;
  end(): void;
}

const base = 0x7f00_0000_0000;

export function createFakeRing(client: BusClient, channel: number, events: Uint8Array[]): FakeRing {
  const room: { offset: number; length: number; isInterrupt: boolean }[] = [];
  let memory = new Uint8Array(0);
  let headers: Uint8Array[] = [];
  let stop = (): void => undefined;

  function flush(): number {
    if (headers.length === 0) return 0;
    const event = new DataView(new ArrayBuffer(20));
    event.setUint32(8, 3, true);
    event.setUint32(16, 8 * headers.length, true);
    events.push(Buffer.concat([new Uint8Array(event.buffer), ...headers]));
    headers = [];
    return 0;
  }

  function take({ cycle, tag, octets }: IsochronousPacket): void {
    const place = room.shift();
    // Nobody has made room: it is lost, as on the wire.
    if (place === undefined) return;
    memory.set(octets.subarray(0, place.length), place.offset);
    const header = new DataView(new ArrayBuffer(8));
    header.setUint32(0, octets.length * 2 ** 16 + (tag << 14) + (channel << 8) + 0xa0);
    header.setUint32(4, 0xe000 + cycle);
    headers.push(new Uint8Array(header.buffer));
    if (place.isInterrupt) flush();
  }

  return {
    map(octets) {
      memory = new Uint8Array(octets);
      return { octets: memory, address: BigInt(base), unmap: () => undefined };
    },
    queue(address, packets) {
      const view = new DataView(packets.buffer, packets.byteOffset, packets.byteLength);
      let offset = address - base;
      for (let at = 0; at < packets.length; at += 4) {
        const control = view.getUint32(at, true);
        const length = control & 0xffff;
        // Whole headers, and room inside of the memory.
        if (control >>> 24 !== 8 || offset + length > memory.length) return -22;
        room.push({ offset, length, isInterrupt: (control & 0x1_0000) !== 0 });
        offset += length;
      }
      return packets.length / 4;
    },
    start() {
      stop = client.listen(channel, (packets) => packets.forEach(take));
      return 0;
    },
    flush,
    end: () => stop(),
  };
}
