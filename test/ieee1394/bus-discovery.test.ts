/** Finding AV devices: every irregularity of real ROMs and real buses that a home may have. */

import { describe, expect, it } from "vitest";
import type { Sighting } from "../../gateway-core/contract/adapter.ts";
import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import type { BusNode, Rcode, Request } from "../../simulated-home/ieee1394/bus-words.ts";
import { createModel, type ModelName } from "../../simulated-home/ieee1394/models.ts";
import { createRegisters } from "../../simulated-home/ieee1394/registers.ts";
import { type RomEntry, writeRom } from "../../simulated-home/ieee1394/rom-writer.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { collect } from "../laws/adapter.law.ts";
import { createLamp, lampGuid } from "./lamp-unit.ts";

const romAddress = 0xffff_f000_0400;
const deck = "0800460102c46a01";

async function rig(models: readonly ModelName[] = []) {
  const host = fakeHost();
  const { clock } = host;
  const requests: Request[] = [];
  const knobs: { fault?: (request: Request, guid: string) => Rcode | undefined } = {};
  const bus = createSimulatedBus({
    clock,
    fault(request, guid) {
      requests.push(request);
      return knobs.fault?.(request, guid);
    },
  });
  for (const model of models) bus.plug(createModel({ clock, model }));
  const leave = new AbortController();
  const adapter = createIeee1394Adapter(() => bus.connect());
  const session = await adapter.open({ rediscoverMs: 30_000 }, host, leave.signal);
  const seen: Sighting[] = [];
  void collect(session.discover({ signal: leave.signal, active: false }), seen);
  const ids = () => [...new Set(seen.map(({ ref }) => ref.id))].sort();
  return { host, clock, bus, requests, knobs, seen, ids };
}

describe("Discovery on a bus", () => {
  it("finds every subunit of every unit, each a device with what its ROM and its unit tell", async () => {
    const { clock, seen } = await rig(["dv-deck", "camcorder", "d-vhs-deck", "set-top-box", "mood-lamp"]);
    await clock.advance(1_000);
    const keys = Object.fromEntries(seen.map(({ ref, key }) => [ref.id, key]));
    expect(keys).toEqual({
      [`ieee1394-${deck}-tape0`]: {
        ...{ protocol: "ieee1394", commands: "avc", subunit: "tape", unit: "tape" },
        ...{ vendor: "0x080046", model: "0x9b0100" },
      },
      "ieee1394-0080451000331702-tape0": expect.objectContaining({
        subunit: "tape",
        unit: "camera",
        model: "0x000000",
      }),
      "ieee1394-0080451000331702-camera0": expect.objectContaining({ subunit: "camera", unit: "camera" }),
      "ieee1394-0080881200457703-tape0": expect.objectContaining({ subunit: "tape", unit: "tape" }),
      "ieee1394-0080881200457703-panel0": expect.objectContaining({ subunit: "panel", unit: "tape" }),
      "ieee1394-000a730400b19204-tuner0": expect.objectContaining({ subunit: "tuner", unit: "tuner" }),
      "ieee1394-000a730400b19204-panel0": expect.objectContaining({ subunit: "panel", unit: "tuner" }),
      "ieee1394-0050c2fffe000106-0d0": expect.objectContaining({ subunit: "0d", unit: "vendor-unique" }),
    });
    expect(seen).toHaveLength(8);
  });

  it("keeps ids through bus resets and hot plugs, tells new addresses, and reads what it knows no second time", async () => {
    const { clock, bus, seen, requests } = await rig(["dv-deck"]);
    await clock.advance(1_000);
    const before = seen.length;
    requests.length = 0;
    bus.plug(createModel({ clock, model: "mood-lamp" }));
    await clock.advance(1_000);
    const moved = seen.slice(before).filter(({ ref }) => ref.id.includes(deck));
    expect(moved.map(({ ref }) => ref)).toEqual([{ id: `ieee1394-${deck}-tape0`, address: `${deck} (node 1)` }]);
    const id = bus.nodeIdOf(deck);
    const read = requests.filter(({ kind, address }) => kind === "read" && address >= romAddress + 20);
    expect(id).toBe(0xffc1);
    // The lamp's ROM alone.
    expect(read.length).toBeLessThan(40);
    for (let reset = 0; reset < 300; reset++) bus.resetBus();
    await clock.advance(2_000);
    expect(seen.filter(({ gone }) => gone)).toEqual([]);
    expect(seen.slice(before).filter(({ ref }) => ref.id.includes(deck))).toHaveLength(1);
  });

  it("is not misled by a bus reset in the middle of a ROM", async () => {
    const { clock, bus, ids, knobs } = await rig(["dv-deck"]);
    let reads = 0;
    knobs.fault = () => {
      if (++reads % 7 === 0 && reads < 60) bus.resetBus();
      return undefined;
    };
    await clock.advance(5_000);
    expect(ids()).toEqual([`ieee1394-${deck}-tape0`]);
  });

  it("waits for a node that is still starting, and tries again where reads fail", async () => {
    const { clock, host, ids, knobs } = await rig(["dv-deck"]);
    let failures = 0;
    knobs.fault = ({ kind }, guid) => (guid === deck && kind === "read" && failures++ < 10 ? "no-ack" : undefined);
    await clock.advance(10_000);
    expect(ids()).toEqual([`ieee1394-${deck}-tape0`]);
    expect(host.log.events("warn")).toEqual([]);
  });

  it("says of a node that cannot be read that it cannot, and finds it when it can", async () => {
    const { clock, host, ids, knobs } = await rig(["dv-deck", "mood-lamp"]);
    knobs.fault = (_request, guid) => (guid === deck ? "no-ack" : undefined);
    await clock.advance(10_000);
    expect(ids()).toEqual(["ieee1394-0050c2fffe000106-0d0"]);
    expect(host.log.events("warn")).toEqual(["node-unreadable"]);
    delete knobs.fault;
    await clock.advance(31_000);
    expect(ids()).toContain(`ieee1394-${deck}-tape0`);
  });

  /** A node without AV/C behind it: whatever is asked of its FCP register, nothing answers. */
  const silentNode = (
    host: ReturnType<typeof fakeHost>,
    root: readonly RomEntry[],
    spoil = (rom: Uint8Array) => rom,
  ): BusNode => {
    const rom = spoil(writeRom({ guid: lampGuid, capabilities: 0x20ff_5020, root }));
    const registers = createRegisters({ clock: host.clock, rom: Uint8Array.from(rom), isQuadletOnly: true });
    return { guid: lampGuid, isContender: false, reset: registers.reset, answer: registers.answer };
  };
  const unit = (version: number): RomEntry => [
    0xd1,
    [
      [0x12, 0x00a02d],
      [0x13, version],
    ],
  ];

  it("leaves alone what is no AV/C unit, as disks and computers are", async () => {
    const { clock, bus, host, ids, requests } = await rig();
    bus.plug(
      silentNode(host, [
        [0x03, 0x0050c2],
        [
          0xd1,
          [
            [0x12, 0x00609e],
            [0x13, 0x010483],
          ],
        ],
      ]),
    );
    await clock.advance(10_000);
    expect(ids()).toEqual([]);
    expect(requests.some(({ kind }) => kind === "write")).toBe(false);
  });

  it.each([0x010000, 0x010001, 0x014000, 0x014001])(
    "asks units of version %i, in ROMs with a wrong CRC too",
    async (version) => {
      const { clock, bus, host, requests } = await rig();
      const spoil = (rom: Uint8Array): Uint8Array => rom.with(22, (rom[22] ?? 0) ^ 0xff);
      bus.plug(silentNode(host, [[0x03, 0x0050c2], unit(version)], spoil));
      await clock.advance(5_000);
      expect(requests.some(({ kind }) => kind === "write")).toBe(true);
      expect(host.log.events("warn")).toContain("configuration-rom-faulty");
      expect(host.log.events("warn")).toContain("unit-not-read");
    },
  );

  it("tells a subunit that a unit has no more as gone", async () => {
    const { clock, bus, seen } = await rig(["camcorder"]);
    await clock.advance(1_000);
    const lone = createLamp(clock, { guid: "0080451000331702" });
    bus.plug(lone);
    await clock.advance(1_000);
    expect(
      seen
        .filter(({ gone }) => gone)
        .map(({ ref }) => ref.id)
        .sort(),
    ).toEqual(["ieee1394-0080451000331702-camera0", "ieee1394-0080451000331702-tape0"]);
  });
});
