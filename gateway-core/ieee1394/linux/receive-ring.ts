/** Receives one channel: an isochronous context of the kernel that writes packets round and round into one piece of memory (linux/firewire-cdev.h, "struct fw_cdev_create_iso_context"). */

import { headNumbers, type PacketBatch } from "./card-messages.ts";
import { ioctlNumber, packQuadlets, packStruct, placeOf } from "./cdev-struct.ts";
import type { LinuxCalls } from "./linux-calls.ts";

export interface ReceiveRing {
  /** Takes what an interrupt tells of, and gives the kernel its room back. */
  take(headers: Uint8Array): PacketBatch;
  /** Has the kernel tell of packets that have come since its last interrupt. */
  flush(): void;
  close(): void;
}

/** The longest isochronous packet at S400. */
const packetOctets = 4096;
/** An eighth of a second. */
const ringPackets = 1024;
/** Every 4 ms where there is a packet in each cycle. */
const interruptEvery = 32;
const receive = 1;
/** Header and time stamp of each packet are told apart from its payload. */
const headerOctets = 8;
const interruptBit = 0x1_0000;
const anyCycle = -1;
const allTags = 15;

/** Undefined where the kernel refuses: no context or no memory is left. */
export function openReceiveRing(calls: LinuxCalls, fd: number, channel: number): ReceiveRing | undefined {
  const call = (name: Parameters<typeof ioctlNumber>[0], argument: Uint8Array): boolean =>
    calls.ioctl(fd, ioctlNumber(name), argument) >= 0;
  const context = packStruct("create_iso_context", { type: receive, header_size: headerOctets, channel });
  if (!call("CREATE_ISO_CONTEXT", context)) return undefined;
  const memory = calls.map(fd, ringPackets * packetOctets);
  if (memory === undefined) return undefined;
  const { address, octets: ring, unmap } = memory;
  let next = 0;

  /** Room for as many packets from this place on; they lie behind one another. */
  function queue(from: number, count: number): boolean {
    const quadlets = Array.from({ length: count }, (_, place) => {
      const interrupt = (from + place + 1) % interruptEvery === 0 ? interruptBit : 0;
      return headerOctets * 2 ** 24 + interrupt + packetOctets;
    });
    const packets = packQuadlets(quadlets);
    const argument = packStruct("queue_iso", {
      data: address + BigInt(from * packetOctets),
      size: packets.length,
    });
    return (
      calls.ioctl(fd, ioctlNumber("QUEUE_ISO"), argument, [{ at: placeOf("queue_iso", "packets"), to: packets }]) >= 0
    );
  }

  const isStarted =
    queue(0, ringPackets) && call("START_ISO", packStruct("start_iso", { cycle: anyCycle, tags: allTags }));
  if (!isStarted) {
    unmap();
    return undefined;
  }

  return {
    take(headers) {
      const view = new DataView(headers.buffer, headers.byteOffset, headers.byteLength);
      const count = Math.floor(headers.length / headerOctets);
      const heads = new Uint16Array(headNumbers * count);
      let total = 0;
      for (let place = 0; place < count; place++) {
        const header = view.getUint32(place * headerOctets);
        const length = Math.min(header >>> 16, packetOctets);
        const cycle = view.getUint32(place * headerOctets + 4) & 0x1fff;
        heads.set([cycle, (header >>> 14) & 3, length], headNumbers * place);
        total += length;
      }
      const octets = new Uint8Array(total);
      let written = 0;
      for (let place = 0; place < count; place++) {
        const start = ((next + place) % ringPackets) * packetOctets;
        const length = heads[headNumbers * place + 2] ?? 0;
        octets.set(ring.subarray(start, start + length), written);
        written += length;
      }
      const untilEnd = Math.min(count, ringPackets - next);
      queue(next, untilEnd);
      if (count > untilEnd) queue(0, count - untilEnd);
      next = (next + count) % ringPackets;
      return { heads, octets };
    },
    flush: () => void call("FLUSH_ISO", packStruct("flush_iso", {})),
    close() {
      unmap();
      calls.close(fd);
    },
  };
}
