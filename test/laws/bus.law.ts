/** What every bus keeps, wherever its wire is (gateway-core/ieee1394/bus.ts). */

import { afterEach, describe, expect, it } from "vitest";
import type { Bus, FcpWrite, IsochronousPacket, NodeAt } from "../../gateway-core/ieee1394/bus.ts";

/** A bus with one device on it that answers FCP, and what can be done to it. */
export interface BusWorld extends AsyncDisposable {
  readonly bus: Bus;
  /** EUI-64 of the device. */
  readonly guid: string;
  /** An AV/C command for the device, and what it answers. */
  readonly command: Uint8Array;
  readonly response: Uint8Array;
  unplug(): void;
  plugIn(): void;
  /** Another device comes, so that the ids of all others move. */
  plugAnother(): void;
  /** The device sends packets on a channel. */
  transmit(channel: number, packets: readonly IsochronousPacket[]): void;
  /** Lets happen what is under way. */
  pass(): Promise<void>;
}

const csr = 0xffff_f000_0000;
const rom = csr + 0x400;
const bandwidth = csr + 0x220;
const quadlet = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

export function busLaw(name: string, openWorld: () => Promise<BusWorld>): void {
  describe(`${name} keeps the law of buses:`, () => {
    const leaving: BusWorld[] = [];
    afterEach(async () => {
      for (const world of leaving.splice(0)) await world[Symbol.asyncDispose]();
    });

    async function arrive(): Promise<BusWorld> {
      const world = await openWorld();
      leaving.push(world);
      return world;
    }

    async function settle<T>(world: BusWorld, promise: Promise<T>): Promise<T> {
      let isOver = false;
      promise.then(
        () => {
          isOver = true;
        },
        () => undefined,
      );
      for (let waits = 0; !isOver && waits < 500; waits++) await world.pass();
      return promise;
    }

    /** The node whose ROM tells the GUID. */
    async function find(world: BusWorld): Promise<NodeAt | undefined> {
      const { generation, nodeIds, localNodeId } = world.bus.state;
      for (const nodeId of nodeIds.filter((id) => id !== localNodeId)) {
        const at = { nodeId, generation };
        const high = await settle(world, world.bus.read(at, rom + 12, 4));
        const low = await settle(world, world.bus.read(at, rom + 16, 4));
        if (Buffer.concat([high.data, low.data]).toString("hex") === world.guid) return at;
      }
      return undefined;
    }

    async function met(world: BusWorld): Promise<NodeAt> {
      const at = await find(world);
      if (at === undefined) throw new Error("the device is not on the bus");
      return at;
    }

    it("a device is found by its ROM, by quadlets and by blocks alike", async () => {
      const world = await arrive();
      const at = await met(world);
      const header = await settle(world, world.bus.read(at, rom, 4));
      const block = await settle(world, world.bus.read(at, rom, 20));
      expect(header.rcode).toBe("complete");
      expect([...block.data.subarray(0, 4)]).toEqual([...header.data]);
      expect(Buffer.from(block.data.subarray(4, 8)).toString()).toBe("1394");
    });

    it("what cannot be done ends with the response code that says why", async () => {
      const world = await arrive();
      const at = await met(world);
      const { bus } = world;
      expect((await settle(world, bus.read(at, 0x1000, 4))).rcode).toBe("address-error");
      expect(await settle(world, bus.write(at, rom, new Uint8Array(4)))).toBe("type-error");
      expect((await settle(world, bus.read({ ...at, nodeId: 0xffc0 + 62 }, rom, 4))).rcode).toBe("no-ack");
      const old = { ...at, generation: (at.generation + 255) % 256 };
      expect(await settle(world, bus.read(old, rom, 4))).toMatchObject({
        rcode: "generation",
        data: new Uint8Array(0),
      });
    });

    it("a command is answered in the response register, from the node that was asked", async () => {
      const world = await arrive();
      const at = await met(world);
      const frames: FcpWrite[] = [];
      const stop = world.bus.onFcp((frame) => frames.push(frame));
      expect(await settle(world, world.bus.write(at, csr + 0xb00, world.command))).toBe("complete");
      for (let waits = 0; frames.length === 0 && waits < 500; waits++) await world.pass();
      expect(frames.map(({ octets, ...from }) => ({ ...from, octets: Buffer.from(octets) }))).toEqual([
        { ...at, isResponse: true, octets: Buffer.from(world.response) },
      ]);
      stop();
      await settle(world, world.bus.write(at, csr + 0xb00, world.command));
      await world.pass();
      expect(frames).toHaveLength(1);
    });

    it("a lock changes what is expected, tells what was there, and is the resource manager's alone", async () => {
      const world = await arrive();
      const { bus } = world;
      const { generation, irmNodeId = 0 } = bus.state;
      const irm = { nodeId: irmNodeId, generation };
      const swap = (before: number, after: number) =>
        settle(
          world,
          bus.lock(irm, bandwidth, "compare-swap", Uint8Array.from([...quadlet(before), ...quadlet(after)])),
        );
      expect([...(await swap(4915, 2403)).data]).toEqual(quadlet(4915));
      expect([...(await swap(4915, 0)).data]).toEqual(quadlet(2403));
      expect([...(await settle(world, bus.read(irm, bandwidth, 4))).data]).toEqual(quadlet(2403));
      const at = await met(world);
      const elsewhere = await settle(world, bus.lock(at, bandwidth, "compare-swap", new Uint8Array(8)));
      expect(elsewhere.rcode).toBe("address-error");
    });

    it("a bus reset is told, counts on, frees what was reserved and moves node ids; GUIDs stay", async () => {
      const world = await arrive();
      const before = await met(world);
      const states: number[] = [];
      world.bus.onReset(({ generation }) => states.push(generation));
      world.plugAnother();
      for (let waits = 0; states.length === 0 && waits < 500; waits++) await world.pass();
      expect(states).toEqual([(before.generation + 1) % 256]);
      expect((await settle(world, world.bus.read(before, rom, 4))).rcode).toBe("generation");
      const after = await met(world);
      expect(after.nodeId).not.toBe(before.nodeId);
      world.bus.resetBus();
      for (let waits = 0; states.length < 2 && waits < 500; waits++) await world.pass();
      expect(states.at(-1)).toBe((before.generation + 2) % 256);
    });

    it("a device that is unplugged is no node any more, and is one again when it is back", async () => {
      const world = await arrive();
      const { generation } = await met(world);
      world.unplug();
      for (let waits = 0; world.bus.state.generation === generation && waits < 500; waits++) await world.pass();
      expect(await find(world)).toBeUndefined();
      world.plugIn();
      for (let waits = 0; world.bus.state.generation !== generation + 2 && waits < 500; waits++) await world.pass();
      expect(await find(world)).toBeDefined();
    });

    it("packets of a channel come to those who listen to it, in order, until they stop", async () => {
      const world = await arrive();
      const heard: IsochronousPacket[] = [];
      const stop = world.bus.listen(5, (packets) => heard.push(...packets));
      world.bus.listen(6, () => heard.push({ cycle: 0, tag: 0, octets: new Uint8Array(0) }));
      // Whoever listens by a socket is heard of by then.
      await settle(world, world.bus.read(await met(world), rom, 4));
      const packets = [7998, 7999].map((cycle) => ({ cycle, tag: 1, octets: Buffer.from([cycle & 0xff, 1, 2]) }));
      world.transmit(5, packets);
      for (let waits = 0; heard.length < 2 && waits < 500; waits++) await world.pass();
      expect(heard.map(({ octets, ...packet }) => ({ ...packet, octets: Buffer.from(octets) }))).toEqual(packets);
      stop();
      await settle(world, world.bus.read(await met(world), rom, 4));
      world.transmit(5, packets);
      await settle(world, world.bus.read(await met(world), rom, 4));
      expect(heard).toHaveLength(2);
    });

    it("a closed bus does nothing any more", async () => {
      const world = await arrive();
      const at = await met(world);
      await world.bus[Symbol.asyncDispose]();
      expect((await settle(world, world.bus.read(at, rom, 4))).rcode).toBe("cancelled");
    });
  });
}
