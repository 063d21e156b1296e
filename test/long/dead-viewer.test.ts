/** What a gateway that is killed had taken of the bus is free again, and nobody else loses theirs: with processes as in life. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import type { DeviceRef } from "../../gateway-core/contract/adapter.ts";
import type { Bus } from "../../gateway-core/ieee1394/bus.ts";
import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import { openSocketBus } from "../../gateway-core/ieee1394/socket-bus.ts";
import { systemClock } from "../../host/system-host.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lampDescriptor } from "../ieee1394/lamp-unit.ts";

const csr = 0xffff_f000_0000;
const [mine, theirs] = ["0800460000000001", "0800460000000002"];
const play = Uint8Array.of(0, 0x20, 0xc3, 0x75);
const dvUnits = 2160;

describe("A viewer of a deck that is killed", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  /** Its first line. */
  async function start(script: string, ...args: string[]): Promise<[ChildProcess, string]> {
    const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    return [child, String(line)];
  }

  async function read(bus: Bus, nodeId: number, offset: number): Promise<number> {
    const { data } = await bus.read({ nodeId, generation: bus.state.generation }, csr + offset, 4);
    return data.length === 4 ? new DataView(data.buffer, data.byteOffset, 4).getUint32(0) : -1;
  }
  const unitsLeft = (bus: Bus) => read(bus, bus.state.irmNodeId ?? 0, 0x220);
  async function nodeOf(bus: Bus, guid: string): Promise<number> {
    for (const nodeId of bus.state.nodeIds) {
      const low = await read(bus, nodeId, 0x410);
      if (low === Number.parseInt(guid.slice(8), 16)) return nodeId;
    }
    return -1;
  }
  const connections = async (bus: Bus, guid: string) =>
    ((await read(bus, await nodeOf(bus, guid), 0x904)) >>> 24) & 0x3f;

  it("leaves its bandwidth, channel and plug to others, while their streams go on", async () => {
    const [, url] = await start("bus-process.mjs", mine, theirs);
    const host = { ...fakeHost(), clock: systemClock };
    await using hand = openSocketBus(url, host);
    const session = await createIeee1394Adapter().open({ bus: url }, host, new AbortController().signal);
    const { signal } = new AbortController();
    const found = Promise.withResolvers<DeviceRef>();
    void (async () => {
      for await (const { ref } of session.discover({ signal, active: false })) {
        if (ref.id.includes(mine)) found.resolve(ref);
      }
    })();
    const source = await session.stream?.(await found.promise, lampDescriptor, { signal });
    if (source === undefined) throw new Error("the adapter has no streams");
    const { generation } = hand.state;
    await hand.write({ nodeId: await nodeOf(hand, mine), generation }, csr + 0xb00, play);
    let frames = 0;
    const reading = (async () => {
      for await (const { length } of source.octets) frames += length / 120_000;
    })();

    reading.catch(() => undefined);

    const [viewer, firstFrame] = await start("viewer-process.mjs", url, theirs);
    expect(firstFrame).toBe("120000");
    expect(await unitsLeft(hand)).toBe(4915 - 2 * dvUnits);
    expect(await connections(hand, theirs)).toBe(1);
    viewer.kill("SIGKILL");
    await once(viewer, "exit");

    const held = async () => [await unitsLeft(hand), await connections(hand, theirs), await connections(hand, mine)];
    await expect.poll(held).toEqual([4915 - dvUnits, 0, 1]);
    const before = frames;
    await expect.poll(() => frames).toBeGreaterThan(before + 5);
    await source[Symbol.asyncDispose]();
    await reading;
    expect(await unitsLeft(hand)).toBe(4915);
    await session[Symbol.asyncDispose]();
  });
});
