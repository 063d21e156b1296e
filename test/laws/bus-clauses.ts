/**
 * What every bus keeps, wherever its wire is (gateway-core/ieee1394/bus.ts), clause by clause. No test runner is needed:
 * where none runs, in the guest of the kernel test, the same clauses hold.
 */

import assert from "node:assert/strict";
import { crc16 } from "../../gateway-core/bytes/crc16.ts";
import type { Bus, FcpWrite, IsochronousPacket, NodeAt } from "../../gateway-core/ieee1394/bus.ts";
import { haviUnit } from "../../gateway-core/ieee1394/havi-unit.ts";

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

export interface BusClause {
  readonly name: string;
  /** @throws AssertionError where the world does not keep it. */
  readonly hold: (world: BusWorld) => Promise<void>;
}

const csr = 0xffff_f000_0000;
const rom = csr + 0x400;
/** Behind four quadlets of bus information and their head. */
const rootPlace = 5;
const bandwidth = csr + 0x220;
const quadlet = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

async function passUntil(world: BusWorld, isOver: () => boolean): Promise<void> {
  for (let waits = 0; !isOver() && waits < 500; waits++) await world.pass();
}

async function settle<T>(world: BusWorld, promise: Promise<T>): Promise<T> {
  let isOver = false;
  promise.then(
    () => {
      isOver = true;
    },
    () => undefined,
  );
  await passUntil(world, () => isOver);
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
  assert.ok(at, "the device is not on the bus");
  return at;
}

export const busClauses: readonly BusClause[] = [
  {
    name: "a device is found by its ROM, by quadlets and by blocks alike",
    async hold(world) {
      const at = await met(world);
      const header = await settle(world, world.bus.read(at, rom, 4));
      const block = await settle(world, world.bus.read(at, rom, 20));
      assert.equal(header.rcode, "complete");
      assert.deepEqual([...block.data.subarray(0, 4)], [...header.data]);
      assert.equal(Buffer.from(block.data.subarray(4, 8)).toString(), "1394");
    },
  },
  {
    name: "what cannot be done ends with the response code that says why",
    async hold(world) {
      const at = await met(world);
      const { bus } = world;
      assert.equal((await settle(world, bus.read(at, 0x1000, 4))).rcode, "address-error");
      assert.equal(await settle(world, bus.write(at, rom, new Uint8Array(4))), "type-error");
      assert.equal((await settle(world, bus.read({ ...at, nodeId: 0xffc0 + 62 }, rom, 4))).rcode, "no-ack");
      const old = { ...at, generation: (at.generation + 255) % 256 };
      const { rcode, data } = await settle(world, bus.read(old, rom, 4));
      assert.deepEqual([rcode, data.length], ["generation", 0]);
    },
  },
  {
    name: "a command is answered in the response register, from the node that was asked",
    async hold(world) {
      const at = await met(world);
      const frames: FcpWrite[] = [];
      const stop = world.bus.onFcp((frame) => frames.push(frame));
      assert.equal(await settle(world, world.bus.write(at, csr + 0xb00, world.command)), "complete");
      await passUntil(world, () => frames.length > 0);
      assert.deepEqual(
        frames.map(({ octets, ...from }) => ({ ...from, octets: [...octets] })),
        [{ ...at, isResponse: true, octets: [...world.response] }],
      );
      stop();
      await settle(world, world.bus.write(at, csr + 0xb00, world.command));
      await world.pass();
      assert.equal(frames.length, 1);
    },
  },
  {
    name: "a lock changes what is expected, tells what was there, and is the resource manager's alone",
    async hold(world) {
      const { bus } = world;
      const at = await met(world);
      const { generation, irmNodeId = 0 } = bus.state;
      const irm = { nodeId: irmNodeId, generation };
      const swap = (before: number, after: number) =>
        settle(
          world,
          bus.lock(irm, bandwidth, "compare-swap", Uint8Array.from([...quadlet(before), ...quadlet(after)])),
        );
      assert.deepEqual([...(await swap(4915, 2403)).data], quadlet(4915));
      assert.deepEqual([...(await swap(4915, 0)).data], quadlet(2403));
      assert.deepEqual([...(await settle(world, bus.read(irm, bandwidth, 4))).data], quadlet(2403));
      const elsewhere = await settle(world, bus.lock(at, bandwidth, "compare-swap", new Uint8Array(8)));
      assert.equal(elsewhere.rcode, "address-error");
    },
  },
  {
    name: "a bus reset is told, counts on, frees what was reserved and moves node ids; GUIDs stay",
    async hold(world) {
      const before = await met(world);
      const states: number[] = [];
      world.bus.onReset(({ generation }) => states.push(generation));
      world.plugAnother();
      await passUntil(world, () => states.length > 0);
      assert.deepEqual(states, [(before.generation + 1) % 256]);
      assert.equal((await settle(world, world.bus.read(before, rom, 4))).rcode, "generation");
      const after = await met(world);
      assert.notEqual(after.nodeId, before.nodeId);
      world.bus.resetBus();
      await passUntil(world, () => states.length > 1);
      assert.equal(states.at(-1), (before.generation + 2) % 256);
    },
  },
  {
    name: "a device that is unplugged is no node any more, and is one again when it is back",
    async hold(world) {
      const { generation } = await met(world);
      world.unplug();
      await passUntil(world, () => world.bus.state.generation !== generation);
      assert.equal(await find(world), undefined);
      world.plugIn();
      await passUntil(world, () => world.bus.state.generation === (generation + 2) % 256);
      await met(world);
    },
  },
  {
    name: "packets of a channel come to those who listen to it, in order, until they stop",
    async hold(world) {
      const heard: IsochronousPacket[] = [];
      const stop = world.bus.listen(5, (packets) => heard.push(...packets));
      world.bus.listen(6, () => heard.push({ cycle: 0, tag: 0, octets: new Uint8Array(0) }));
      // Whoever listens by a socket is heard of by then.
      await settle(world, world.bus.read(await met(world), rom, 4));
      const packets = [7998, 7999].map((cycle) => ({ cycle, tag: 1, octets: Buffer.from([cycle & 0xff, 1, 2]) }));
      world.transmit(5, packets);
      await passUntil(world, () => heard.length >= 2);
      const plain = (all: readonly IsochronousPacket[]) =>
        all.map(({ octets, ...packet }) => ({ ...packet, octets: [...octets] }));
      assert.deepEqual(plain(heard), plain(packets));
      stop();
      await settle(world, world.bus.read(await met(world), rom, 4));
      world.transmit(5, packets);
      await settle(world, world.bus.read(await met(world), rom, 4));
      assert.equal(heard.length, 2);
    },
  },
  {
    name: "what it announces stands in the ROM of its own node, behind the root directory, and a bus reset tells of it",
    async hold(world) {
      const { bus } = world;
      const { generation } = bus.state;
      assert.ok(bus.announce, "it cannot announce anything");
      bus.announce(haviUnit);
      await passUntil(world, () => bus.state.generation !== generation);
      const at = { nodeId: bus.state.localNodeId, generation: bus.state.generation };
      const block = async (place: number): Promise<number[]> => {
        const quadlets: number[] = [];
        for (let length = 0; quadlets.length <= length; length = (quadlets[0] ?? 0) >>> 16) {
          const { data } = await settle(world, bus.read(at, rom + 4 * (place + quadlets.length), 4));
          quadlets.push(Buffer.from(data).readUInt32BE());
        }
        return quadlets;
      };
      const octetsOf = (quadlets: readonly number[]): Buffer => Buffer.from(quadlets.flatMap(quadlet));
      const root = await block(rootPlace);
      const entry = root.findLastIndex((one) => one >>> 24 === haviUnit.key);
      assert.ok(entry > 0, "no entry of the root directory leads to it");
      const unit = await block(rootPlace + entry + ((root[entry] ?? 0) & 0xff_ffff));
      assert.deepEqual(octetsOf(unit), Buffer.from(haviUnit.octets.subarray(0, 4 * unit.length)));
      for (const [head = 0, ...content] of [root, unit]) assert.equal(crc16(octetsOf(content)), head & 0xffff);
    },
  },
  {
    name: "a closed bus does nothing any more",
    async hold(world) {
      const at = await met(world);
      await world.bus[Symbol.asyncDispose]();
      assert.equal((await settle(world, world.bus.read(at, rom, 4))).rcode, "cancelled");
    },
  },
];
