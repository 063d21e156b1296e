/** Streams take channel and bandwidth of the bus, keep them through resets, and give them back. */

import { describe, expect, it } from "vitest";
import type { HomeError } from "../../gateway-core/contract/errors.ts";
import { createNodeDirectory } from "../../gateway-core/ieee1394/node-directory.ts";
import { createStreamConnections } from "../../gateway-core/ieee1394/stream-connections.ts";
import { createModel } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";

const first = "0800460000000001";
const second = "0800460000000002";
const csr = 0xffff_f000_0000;

async function rig(gapCount = 63, latencyMs = 0) {
  const host = fakeHost();
  const { clock } = host;
  const bus = createSimulatedBus({ clock, gapCount, latencyMs });
  const decks = new Map([first, second].map((guid) => [guid, createModel({ clock, model: "dv-deck", guid })]));
  for (const deck of decks.values()) bus.plug(deck);
  const client = bus.connect();
  const closing = new AbortController();
  const directory = createNodeDirectory({ bus: client, host, rediscoverMs: 60_000, signal: closing.signal });
  const connections = createStreamConnections({ bus: client, clock, locate: directory.locate });
  await clock.advance(3_000);
  const settle = async <T>(promise: PromiseLike<T>, ms = 500): Promise<T> => {
    promise.then(undefined, () => undefined);
    await clock.advance(ms);
    return promise;
  };
  const connect = (guid: string) => settle(connections.connect(guid, 0, new AbortController().signal), 2_000);
  const read = async (offset: number): Promise<number> => {
    const { irmNodeId: nodeId = 0, generation } = client.state;
    const { data } = await settle(client.read({ nodeId, generation }, csr + offset, 4), latencyMs);
    return new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
  };
  const plugOf = (guid: string) => (decks.get(guid)?.registers.output(0) ?? 0).toString(16);
  const free = async () => [await read(0x220), (await read(0x224)).toString(16), (await read(0x228)).toString(16)];
  return { clock, bus, decks, client, connections, connect, settle, free, plugOf };
}

const untouched = [4915, "ffffffff", "ffffffff"];

describe("A stream on the bus", () => {
  it("takes its channel and 2512 of 4915 units, then its plug, and gives all of them back", async () => {
    const { connect, settle, free, plugOf } = await rig();
    const connection = await connect(first);
    expect(connection).toMatchObject({ guid: first, channel: 0, units: 2512 });
    expect(await free()).toEqual([2403, "7fffffff", "ffffffff"]);
    expect(plugOf(first)).toBe("8100007a");
    await settle(connection[Symbol.asyncDispose]());
    expect(await free()).toEqual(untouched);
    expect(plugOf(first)).toBe("8000007a");
  });

  it("that does not fit beside another is refused, told what is in use, and takes nothing", async () => {
    const { connect, free, plugOf } = await rig();
    await connect(first);
    const refusal: HomeError = await connect(second).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(refusal.toBody()).toMatchObject({
      ...{ code: "bus-full", neededUnits: 2512, availableUnits: 2403 },
      inUse: [{ guid: first, plug: 0, channel: 0, units: 2512 }],
    });
    expect(await free()).toEqual([2403, "7fffffff", "ffffffff"]);
    expect(plugOf(second)).toBe("803f007a");
  });

  it("fits twice where the gaps are short", async () => {
    const { connect, plugOf } = await rig(5);
    const both = [await connect(first), await connect(second)];
    expect(both.map(({ channel, units }) => [channel, units])).toEqual([
      [0, 2160],
      [1, 2160],
    ]);
    expect(plugOf(second)).toBe("8101147a");
  });

  it("that somebody receives already takes nothing more; the last to leave gives all back", async () => {
    const { connect, settle, free, plugOf } = await rig();
    const one = await connect(first);
    const other = await connect(first);
    expect(other).toMatchObject({ channel: 0, units: 0 });
    expect(plugOf(first)).toBe("8200007a");
    await settle(one[Symbol.asyncDispose]());
    expect((await free())[0]).toBe(2403);
    await settle(other[Symbol.asyncDispose]());
    expect(await free()).toEqual(untouched);
  });

  it("that is sent without being asked is received on its channel 63, which is nobody's", async () => {
    const { connect, settle, decks, free, plugOf } = await rig();
    decks.get(first)?.registers.setOutput(0, 0xc03f_007a);
    const connection = await connect(first);
    expect(connection).toMatchObject({ channel: 63, units: 0 });
    expect(plugOf(first)).toBe("c13f007a");
    await settle(connection[Symbol.asyncDispose]());
    expect(await free()).toEqual(untouched);
  });

  it("is back within a second of a bus reset, with its channel and its bandwidth", async () => {
    const { clock, bus, connect, free, plugOf } = await rig(63, 1);
    const connection = await connect(first);
    for (let reset = 0; reset < 10; reset++) {
      bus.resetBus();
      await clock.advance(900);
      expect([connection.channel, connection.units]).toEqual([0, 2512]);
      expect(await free()).toEqual([2403, "7fffffff", "ffffffff"]);
      expect(plugOf(first)).toBe("8100007a");
    }
  });

  it("of two that share a plug are both back after a reset", async () => {
    const { clock, bus, connect, free, plugOf } = await rig();
    await connect(first);
    await connect(first);
    bus.resetBus();
    await clock.advance(900);
    expect(plugOf(first)).toBe("8200007a");
    expect((await free())[0]).toBe(2403);
  });

  it("that is new waits until those before a reset have theirs again", async () => {
    const { clock, bus, connections, client } = await rig();
    bus.resetBus();
    const resetAt = clock.now();
    let connectedAt = 0;
    const lock = client.lock;
    client.lock = (...request) => {
      connectedAt ||= clock.now();
      return lock(...request);
    };
    void connections.connect(first, 0, new AbortController().signal);
    await clock.advance(2_000);
    expect(connectedAt - resetAt).toBeGreaterThanOrEqual(1_000);
  });

  it("ends, and says so, when its device is unplugged; the bus is free then", async () => {
    const { clock, bus, connect, free } = await rig();
    const connection = await connect(first);
    const told: unknown[] = [];
    connection.onChange((ended) => told.push(ended?.toBody()));
    bus.unplug(first);
    await clock.advance(1_000);
    expect(told).toEqual([expect.objectContaining({ code: "device-unavailable", reason: "absent" })]);
    expect(await free()).toEqual(untouched);
    await connection[Symbol.asyncDispose]();
  });

  it("cannot come from a plug that is offline", async () => {
    const { connect, decks, free } = await rig();
    decks.get(first)?.registers.setOutput(0, 0x003f_007a);
    await expect(connect(first)).rejects.toMatchObject({
      code: "device-unavailable",
      details: { reason: "plug-offline", plug: 0 },
    });
    expect(await free()).toEqual(untouched);
  });

  it("comes by another channel after a reset where its own was taken, and tells it", async () => {
    const { clock, bus, client, connect } = await rig();
    const connection = await connect(first);
    const channels: number[] = [];
    connection.onChange(() => channels.push(connection.channel));
    bus.resetBus();
    const { irmNodeId: nodeId = 0, generation } = client.state;
    const swap = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    await Promise.all([client.lock({ nodeId, generation }, csr + 0x224, "compare-swap", swap), clock.advance(900)]);
    expect([channels, connection.channel]).toEqual([[1], 1]);
  });

  it("survives a reset in the midst of its making", async () => {
    const { clock, bus, connections, free } = await rig(63, 5);
    const connecting = connections.connect(first, 0, new AbortController().signal);
    await clock.advance(12);
    bus.resetBus();
    await clock.advance(3_000);
    expect(await connecting).toMatchObject({ channel: 0, units: 2512 });
    expect((await free())[0]).toBe(2403);
  });

  it("is let go when all is closed", async () => {
    const { connect, connections, settle, free } = await rig();
    await connect(first);
    await settle(connections.dispose());
    expect(await free()).toEqual(untouched);
  });
});
