/** Channel and bandwidth that the fake kernel reserves for a file: again after each reset, and until it is closed (drivers/firewire/core-cdev.c, iso_resource_work). */

import type { BusClient } from "../../simulated-home/ieee1394/simulated-bus.ts";
import type { FakeClock } from "./fake-host.ts";

export interface FakeResources {
  call(number: number, argument: DataView): number;
  reset(): void;
  end(): void;
}

interface Resource {
  readonly closure: bigint;
  readonly handle: number;
  readonly units: number;
  mask: bigint;
}

const registers = 0xffff_f000_0000;
const graceMs = 1_000;

export function createFakeResources(client: BusClient, clock: FakeClock, events: Uint8Array[]): FakeResources {
  const held = new Map<number, Resource>();
  let handles = 0;
  let resetAt = Number.NEGATIVE_INFINITY;

  const irm = () => ({ nodeId: client.state.irmNodeId ?? 0, generation: client.state.generation });

  async function swap(offset: number, change: (now: bigint) => bigint | undefined): Promise<boolean> {
    const { data } = await client.read(irm(), registers + offset, 4);
    const before = data.length === 4 ? BigInt(new DataView(data.buffer, data.byteOffset).getUint32(0)) : 0n;
    const after = change(before);
    if (after === undefined) return false;
    const octets = new DataView(new ArrayBuffer(8));
    octets.setUint32(0, Number(before));
    octets.setUint32(4, Number(after));
    const { rcode } = await client.lock(irm(), registers + offset, "compare-swap", new Uint8Array(octets.buffer));
    return rcode === "complete";
  }

  async function allocate({ mask, units }: Pick<Resource, "mask" | "units">): Promise<number> {
    for (let channel = 0; channel < 64; channel++) {
      if ((mask & (1n << BigInt(channel))) === 0n) continue;
      const bit = 1n << BigInt(31 - (channel % 32));
      const isTaken = await swap(channel < 32 ? 0x224 : 0x228, (now) => ((now & bit) === 0n ? undefined : now & ~bit));
      if (!isTaken) continue;
      if (await swap(0x220, (now) => (now < BigInt(units) ? undefined : now - BigInt(units)))) return channel;
      await free(channel, 0);
      return -16;
    }
    return -16;
  }

  async function free(channel: number, units: number): Promise<void> {
    await swap(channel < 32 ? 0x224 : 0x228, (now) => now | (1n << BigInt(31 - (channel % 32))));
    if (units > 0) await swap(0x220, (now) => now + BigInt(units));
  }

  function tell(type: 4 | 5, closure: bigint, handle: number, channel: number, units: number): void {
    const event = new DataView(new ArrayBuffer(24));
    event.setBigUint64(0, closure, true);
    event.setUint32(8, type, true);
    event.setUint32(12, handle, true);
    event.setInt32(16, channel, true);
    event.setInt32(20, units, true);
    events.push(new Uint8Array(event.buffer));
  }

  const channelOf = (mask: bigint): number => mask.toString(2).length - 1;

  async function begin(resource: Resource): Promise<void> {
    const channel = await allocate(resource);
    if (channel >= 0) resource.mask = 1n << BigInt(channel);
    else held.delete(resource.handle);
    tell(4, resource.closure, resource.handle, channel, channel < 0 ? 0 : resource.units);
  }

  async function again(resource: Resource): Promise<void> {
    if ((await allocate(resource)) >= 0) return;
    held.delete(resource.handle);
    tell(5, resource.closure, resource.handle, -16, 0);
  }

  return {
    call(number, argument) {
      if (number === 0xc018_230d) {
        const resource: Resource = {
          closure: argument.getBigUint64(0, true),
          mask: argument.getBigUint64(8, true),
          units: argument.getUint32(16, true),
          handle: handles++,
        };
        held.set(resource.handle, resource);
        clock.after(Math.max(0, resetAt + graceMs - clock.now()), () => void begin(resource));
        return 0;
      }
      if (number === 0x4004_230e) {
        const resource = held.get(argument.getUint32(0, true));
        if (resource === undefined) return -22;
        held.delete(resource.handle);
        const channel = channelOf(resource.mask);
        void free(channel, resource.units).then(() =>
          tell(5, resource.closure, resource.handle, channel, resource.units),
        );
        return 0;
      }
      if (number !== 0x4018_2310) return -25;
      const [closure, mask] = [argument.getBigUint64(0, true), argument.getBigUint64(8, true)];
      const units = argument.getUint32(16, true);
      const channel = channelOf(mask);
      void free(channel, units).then(() => tell(5, closure, -1, channel, units));
      return 0;
    },
    reset() {
      resetAt = clock.now();
      for (const resource of held.values()) void again(resource);
    },
    end() {
      for (const { mask, units } of held.values()) void free(channelOf(mask), units);
      held.clear();
    },
  };
}
