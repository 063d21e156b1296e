/** The bus of a Linux kernel: files that come, go and are denied, and reservations that the kernel keeps. */

import { describe, expect, it } from "vitest";
import type { HomeError } from "../../../gateway-core/contract/errors.ts";
import { decodeConfigRom } from "../../../gateway-core/ieee1394/config-rom.ts";
import { haviUnit } from "../../../gateway-core/ieee1394/havi-unit.ts";
import { createNodeDirectory } from "../../../gateway-core/ieee1394/node-directory.ts";
import { createStreamConnections } from "../../../gateway-core/ieee1394/stream-connections.ts";
import { createModel } from "../../../simulated-home/ieee1394/models.ts";
import { createLamp, lampGuid } from "../lamp-unit.ts";
import { type CardWorld, openCardWorld } from "./card-world.ts";

const csr = 0xffff_f000_0000;
const first = "0800460000000001";
const second = "0800460000000002";

async function settle<T>({ advance }: CardWorld, promise: PromiseLike<T>, ms = 20): Promise<T> {
  promise.then(undefined, () => undefined);
  await advance(ms);
  return promise;
}

/** The same as `world.bus.state`, with the node of this GUID. */
const atOf = ({ bus, simulated }: CardWorld, guid: string) => ({
  nodeId: simulated.nodeIdOf(guid) ?? 0,
  generation: bus.state.generation,
});

const withLamp = (denied: readonly string[] = []) =>
  openCardWorld({ denied, plug: (simulated, { clock }) => simulated.plug(createLamp(clock)) });

describe("A bus of device files", () => {
  it("knows its nodes and its gap count from the topology map, before they have files", async () => {
    const world = await withLamp();
    expect(world.bus.state).toMatchObject({ nodeIds: [0xffc0, 0xffc1], localNodeId: 0xffc1, gapCount: 63 });
    world.simulated.plug(createLamp(world.host.clock, { guid: second }));
    await world.advance(5);
    expect(world.bus.state.nodeIds).toEqual([0xffc0, 0xffc1, 0xffc2]);
    const asked = world.bus.read(atOf(world, second), csr + 0x400, 4);
    expect((await settle(world, asked, 300)).rcode).toBe("complete");
  });

  it("ends what waits for a file when it does not come, and when a bus reset does", async () => {
    const world = await withLamp(["fw1"]);
    const late = world.bus.read(atOf(world, lampGuid), csr + 0x400, 4);
    expect((await settle(world, late, 2_100)).rcode).toBe("no-ack");
    const old = world.bus.read(atOf(world, lampGuid), csr + 0x400, 4);
    await world.advance(5);
    world.simulated.resetBus();
    expect((await settle(world, old)).rcode).toBe("generation");
  });

  it("says that there is no bus while none of its files may be opened", async () => {
    const world = await withLamp(["fw0", "fw1"]);
    expect(world.trouble).toEqual({ reason: "bus-denied", detail: "/dev/fw0, /dev/fw1 may not be opened" });
    world.kernel.denied.clear();
    world.simulated.plug(createLamp(world.host.clock, { guid: second }));
    await world.advance(300);
    expect([world.trouble, world.bus.state.nodeIds.length]).toEqual([undefined, 3]);
  });

  it("says which files it may not open, and opens them when it may", async () => {
    const world = await withLamp(["fw1"]);
    expect(world.host.log.lines).toMatchObject([{ event: "firewire-denied", facts: { files: ["fw1"] } }]);
    // One that may be opened is enough for a bus.
    expect(world.trouble).toBeUndefined();
    world.kernel.denied.clear();
    world.simulated.plug(createLamp(world.host.clock, { guid: second }));
    await world.advance(300);
    expect((await settle(world, world.bus.read(atOf(world, lampGuid), csr + 0x400, 4))).rcode).toBe("complete");
  });

  it("without the file of its own node takes every node to be there, and the worst gap count", async () => {
    const world = await withLamp(["fw0"]);
    expect(world.bus.state).toMatchObject({ nodeIds: [0xffc0, 0xffc1], gapCount: 63 });
    expect((await settle(world, world.bus.read(atOf(world, lampGuid), csr + 0x400, 4))).rcode).toBe("complete");
  });

  it("is none while it may open nothing", async () => {
    const world = await withLamp(["fw0", "fw1"]);
    expect(world.bus.state.nodeIds).toEqual([]);
    expect((await world.bus.read(atOf(world, lampGuid), csr, 4)).rcode).toBe("cancelled");
    expect(await world.bus.irm?.reserve(1).catch((thrown: HomeError) => thrown.code)).toBe("device-unavailable");
  });

  it("announces a unit by the file of its own node only: when that may be opened, and again when it is another", async () => {
    const world = await withLamp(["fw0"]);
    world.bus.announce?.(haviUnit);
    await world.advance(5);
    const units = async () => {
      const own = world.simulated.connect();
      const { localNodeId: nodeId, generation } = own.state;
      const { data } = await settle(world, own.read({ nodeId, generation }, csr + 0x400, 128));
      return decodeConfigRom(data).units.map(({ version }) => version);
    };
    expect(await units()).toEqual([]);
    world.kernel.denied.clear();
    world.simulated.plug(createLamp(world.host.clock, { guid: second }));
    await world.advance(300);
    expect(await units()).toEqual([0x010008]);
    world.bus.announce?.({ ...haviUnit, octets: haviUnit.octets.subarray(0, 8) });
    await world.advance(5);
    expect(world.host.log.lines).toContainEqual(
      expect.objectContaining({ event: "firewire-not-announced", facts: { error: 22 } }),
    );
    expect(await units()).toEqual([0x010008]);
    await world.bus[Symbol.asyncDispose]();
    await world.advance(5);
    expect(await units()).toEqual([]);
  });

  it("moves what hangs on a file to another when its node goes", async () => {
    const world = await withLamp(["fw0"]);
    world.simulated.plug(createLamp(world.host.clock, { guid: second }));
    await world.advance(300);
    world.simulated.unplug(lampGuid);
    await world.advance(2_100);
    const frames: number[] = [];
    world.bus.onFcp(({ octets }) => frames.push(octets.length));
    const command = Uint8Array.of(1, 0x68, 0x42, 0xff);
    await settle(world, world.bus.write(atOf(world, second), csr + 0xb00, command), 100);
    expect(frames).toEqual([4]);
    expect(world.kernel.unanswered()).toBe(0);
  });

  it("goes on listening when the node goes whose file it listened by", async () => {
    const world = await openCardWorld({
      denied: ["fw0"],
      plug(simulated, { clock }) {
        for (const guid of [first, second]) simulated.plug(createModel({ clock, model: "dv-deck", guid }));
      },
    });
    const heard: number[] = [];
    world.bus.listen(9, (packets) => heard.push(...packets.map(({ octets }) => octets.length)));
    await world.advance(5);
    world.simulated.unplug(second);
    await world.advance(2_100);
    const packets = Array.from({ length: 3 }, (_, cycle) => ({ cycle, tag: 1, octets: new Uint8Array(8 + cycle) }));
    const speaker = createLamp(world.host.clock, { guid: lampGuid });
    world.simulated.plug({ ...speaker, reset: (wire) => wire?.transmit(9, packets) });
    await world.advance(30);
    expect(heard).toEqual([8, 9, 10]);
  });

  it("receives more packets than its memory holds at once, each whole and in order", async () => {
    const world = await withLamp();
    const heard: number[] = [];
    world.bus.listen(3, (packets) => {
      for (const { octets } of packets) heard.push(new DataView(octets.buffer, octets.byteOffset).getUint16(0));
    });
    await world.advance(5);
    for (let start = 0; start < 3_000; start += 300) {
      const packets = Array.from({ length: 300 }, (_, place) => ({
        ...{ cycle: place, tag: 1 },
        octets: Uint8Array.of((start + place) >> 8, (start + place) & 0xff, 1, 2),
      }));
      const speaker = createLamp(world.host.clock, { guid: second });
      world.simulated.plug({ ...speaker, reset: (wire) => wire?.transmit(3, packets) });
      await world.advance(12);
    }
    expect(heard).toEqual(Array.from({ length: 3_000 }, (_, place) => place));
  });

  it("closes every file", async () => {
    const world = await withLamp();
    world.bus.listen(1, () => undefined);
    await world.advance(5);
    expect(world.kernel.open()).toBe(3);
    await world.bus[Symbol.asyncDispose]();
    expect(world.kernel.open()).toBe(0);
  });
});

describe("A stream on a bus of device files", () => {
  async function rig(denied: readonly string[] = []) {
    const world = await openCardWorld({
      denied,
      plug(simulated, { clock }) {
        for (const guid of [first, second]) simulated.plug(createModel({ clock, model: "dv-deck", guid }));
      },
    });
    const { bus, host } = world;
    const { signal } = new AbortController();
    const directory = createNodeDirectory({ bus, host, rediscoverMs: 60_000, signal });
    const connections = createStreamConnections({ bus, clock: host.clock, locate: directory.locate });
    await world.advance(1_500);
    const connect = (guid: string) => settle(world, connections.connect(guid, 0, signal), 1_500);
    const own = world.simulated.connect();
    const bandwidth = async (): Promise<number> => {
      const { irmNodeId = 0, generation } = own.state;
      const { data } = await settle(world, own.read({ nodeId: irmNodeId, generation }, csr + 0x220, 4));
      return new DataView(data.buffer, data.byteOffset).getUint32(0);
    };
    return { world, connections, connect, bandwidth };
  }

  it("is reserved by the kernel; a second that does not fit is refused with what is in use", async () => {
    const { connect, bandwidth, world } = await rig();
    const connection = await connect(first);
    expect(connection).toMatchObject({ channel: 0, units: 2512 });
    expect(await bandwidth()).toBe(2403);
    const refusal: HomeError = await connect(second).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(refusal.toBody()).toMatchObject({
      ...{ code: "bus-full", neededUnits: 2512, availableUnits: 2403 },
      inUse: [{ guid: first, channel: 0, units: 2512 }],
    });
    await settle(world, connection[Symbol.asyncDispose](), 100);
    expect(await bandwidth()).toBe(4915);
  });

  it("tells no bandwidth that is left where the resource manager may not be asked", async () => {
    const { connect } = await rig(["fw0"]);
    await connect(first);
    const refusal: HomeError = await connect(second).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(refusal.toBody()).not.toHaveProperty("availableUnits");
    expect(refusal.message).toContain("too few are left");
  });

  it("keeps its channel through bus resets, at once", async () => {
    const { connect, bandwidth, world } = await rig();
    const connection = await connect(first);
    for (let reset = 0; reset < 10; reset++) {
      world.simulated.resetBus();
      await world.advance(200);
      expect([connection.channel, connection.units, await bandwidth()]).toEqual([0, 2512, 2403]);
    }
    await settle(world, connection[Symbol.asyncDispose](), 100);
    expect(await bandwidth()).toBe(4915);
  });

  it("that is not restored after a reset gives back what the kernel still holds for it", async () => {
    const { connect, bandwidth, world } = await rig();
    await connect(first);
    world.simulated.unplug(first);
    await world.advance(1_000);
    expect(await bandwidth()).toBe(2403);
    await world.advance(4_500);
    expect(await bandwidth()).toBe(4915);
  });

  it("that the kernel cannot reserve again is told of", async () => {
    const { connect, world } = await rig();
    await connect(first);
    const rival = world.simulated.connect();
    let isTaken = false;
    rival.onReset(({ irmNodeId = 0, generation }) => {
      // Quicker than the kernel: everything is taken at once.
      const all = new DataView(new ArrayBuffer(8));
      all.setUint32(0, 4915);
      void rival.lock({ nodeId: irmNodeId, generation }, csr + 0x220, "compare-swap", new Uint8Array(all.buffer));
      isTaken = true;
    });
    world.simulated.resetBus();
    await world.advance(200);
    expect(isTaken).toBe(true);
    expect(world.host.log.events("warn")).toContain("firewire-reservation-lost");
  });

  it("frees with the file of a process that ends without a word", async () => {
    const { connect, bandwidth, world } = await rig();
    await connect(first);
    await world.bus[Symbol.asyncDispose]();
    await world.advance(20);
    expect(await bandwidth()).toBe(4915);
  });
});
