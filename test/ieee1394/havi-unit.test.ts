/** What this machine's configuration ROM says of it: a unit directory, written as IEEE 1212 has it, and read by another. */

import { describe, expect, it } from "vitest";
import { decodeConfigRom } from "../../gateway-core/ieee1394/config-rom.ts";
import { haviUnit } from "../../gateway-core/ieee1394/havi-unit.ts";
import { encodeUnit } from "../../gateway-core/ieee1394/rom-descriptor.ts";
import { readBusInfo, readRom } from "../../gateway-core/ieee1394/rom-reader.ts";
import { createReceiver } from "../../simulated-home/ieee1394/havi/havi-models.ts";
import { createHostNode } from "../../simulated-home/ieee1394/host-node.ts";
import type { SimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { type FakeHost, fakeHost } from "../fakes/fake-host.ts";
import { haviHome } from "./havi-rig.ts";
import { createLamp } from "./lamp-unit.ts";

/** The ROM of the machine's own node, as any other node reads it. */
async function ownRom(bus: SimulatedBus, { clock }: FakeHost) {
  const other = bus.connect();
  const { localNodeId: nodeId, generation } = other.state;
  const reader = { bus: other, clock, signal: new AbortController().signal };
  const at = { nodeId, generation };
  const reading = readBusInfo(reader, at).then((info) => readRom(reader, at, info));
  await clock.advance(500);
  return decodeConfigRom(await reading);
}

describe("A unit directory", () => {
  it("has its texts behind it, each led to by the entry after the one that it names", () => {
    const { key, octets } = encodeUnit([
      { key: 0x12, value: 0x00a02d },
      { text: "abcde" },
      { key: 0x13, value: 0x010008 },
      { text: "x" },
    ]);
    expect(key).toBe(0xd1);
    expect(Buffer.from(octets).toString("hex").match(/.{8}/g)).toEqual([
      ...["0004cf79", "1200a02d", "81000003", "13010008", "81000006"],
      ...["0004fd27", "00000000", "00000000", "61626364", "65000000"],
      ...["0003c7b6", "00000000", "00000000", "78000000"],
    ]);
  });
});

describe("A node's own ROM", () => {
  it("takes whole blocks as long as it has room, seals them, and is another one each time", () => {
    const { clock } = fakeHost();
    const { announce, node } = createHostNode(clock);
    const read = (offset: number) =>
      Buffer.from(
        node.answer({
          kind: "read",
          source: 0,
          address: 0xffff_f000_0400 + offset,
          octetCount: 4,
          octets: haviUnit.octets.slice(0, 0),
        }).data,
      ).toString("hex");
    expect(announce(0xd1, haviUnit.octets.subarray(0, 8))).toBeUndefined();
    expect(announce(0xd1, Uint8Array.of(0, 240, 0, 0, ...new Uint8Array(960)))).toBeUndefined();
    expect(read(8)).toBe("f00ab223");
    const takeBack = announce(0xd1, Uint8Array.of(0, 1, 0xba, 0xd0, 1, 2, 3, 4));
    expect(read(8)).toBe("f00ab233");
    takeBack?.();
    takeBack?.();
    expect(read(8)).toBe("f00ab243");
  });
});

describe("A gateway on a bus", () => {
  it("is a HAVi unit in its own ROM as soon as there is another, for as long as it runs", async () => {
    const host = fakeHost();
    const { bus, session } = await haviHome(host, [createLamp(host.clock)]);
    expect((await ownRom(bus, host)).units).toEqual([]);
    bus.plug(createReceiver({ clock: host.clock }).node);
    await host.clock.advance(3_000);
    const { units, faults, vendorId, modelName } = await ownRom(bus, host);
    expect(units).toMatchObject([{ specifierId: 0x00a02d, version: 0x010008 }]);
    expect({ faults, vendorId, modelName }).toEqual({ faults: [], vendorId: 0x0050c2, modelName: undefined });
    const { generation } = bus.connect().state;
    await host.clock.advance(120_000);
    expect(bus.connect().state.generation).toBe(generation);
    await session[Symbol.asyncDispose]();
    await host.clock.advance(10);
    expect((await ownRom(bus, host)).units).toEqual([]);
  });
});
