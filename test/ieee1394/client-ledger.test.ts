/** What a program took of the simulated bus and did not give back is free once it has gone. */

import { describe, expect, it } from "vitest";
import { createModel } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";

const csr = 0xffff_f000_0000;
const mine = "0800460000000001";

describe("A program that leaves the bus", () => {
  async function rig() {
    const { clock } = fakeHost();
    const bus = createSimulatedBus({ clock });
    bus.plug(createModel({ clock, model: "dv-deck", guid: mine }));
    const client = bus.connect();
    const swap = async (offset: number, before: number, after: number) => {
      const { irmNodeId: nodeId = 0, generation } = client.state;
      const octets = new Uint8Array(8);
      new DataView(octets.buffer).setUint32(0, before);
      new DataView(octets.buffer).setUint32(4, after);
      const locking = client.lock({ nodeId, generation }, csr + offset, "compare-swap", octets);
      await clock.advance(1);
      await locking;
    };
    const isReset = async () => {
      const other = bus.connect();
      const { generation } = other.state;
      await client[Symbol.asyncDispose]();
      return other.state.generation !== generation;
    };
    return { clock, bus, client, swap, isReset };
  }

  it("and has given all back, or taken nothing, leaves it as it is", async () => {
    expect(await (await rig()).isReset()).toBe(false);
    const { swap, isReset } = await rig();
    await swap(0x220, 4915, 2403);
    await swap(0x224, 0xffff_ffff, 0x7fff_ffff);
    // Somebody else's, refused: nothing is taken by it.
    await swap(0x220, 4915, 0);
    await swap(0x220, 2403, 4915);
    await swap(0x224, 0x7fff_ffff, 0xffff_ffff);
    expect(await isReset()).toBe(false);
  });

  it("and has taken bandwidth or a channel leaves a bus reset behind, in the midst of a lock too", async () => {
    const one = await rig();
    await one.swap(0x224, 0xffff_ffff, 0x7fff_ffff);
    expect(await one.isReset()).toBe(true);
    const other = await rig();
    const { irmNodeId: nodeId = 0, generation } = other.client.state;
    const octets = Uint8Array.of(0, 0, 0x13, 0x33, 0, 0, 0, 0);
    const locking = other.client.lock({ nodeId, generation }, csr + 0x220, "compare-swap", octets);
    expect(await other.isReset()).toBe(false);
    await other.clock.advance(1);
    await locking;
    expect(other.bus.connect().state.generation).toBe(generation + 1);
  });

  it("and whose reservations a bus reset has taken already leaves nothing to free", async () => {
    const { bus, swap, isReset } = await rig();
    await swap(0x220, 4915, 2403);
    bus.resetBus();
    expect(await isReset()).toBe(false);
  });
});
