/** The stream of a device through its adapter: what the bus lends for it, what comes of it, and what ends it. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import type { DeviceRef, Sighting } from "../../gateway-core/contract/adapter.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import { packageRoot } from "../../host/package-root.ts";
import { createModel, type DevicePlan } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { lampDescriptor } from "./lamp-unit.ts";

const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);
const csr = 0xffff_f000_0000;
const deckGuid = "0800460102c46a01";
const deck = `ieee1394-${deckGuid}-tape0`;
const tape = catalogue.find({ protocol: "ieee1394", commands: "avc", subunit: "tape" }) ?? lampDescriptor;
const untouched = [4915, 0xffff_ffff];
const play = Uint8Array.of(0, 0x20, 0xc3, 0x75);
/** Told by the numbers of their frames. */
const makeFrames = async (): Promise<Uint8Array> => new Uint8Array(0);

async function home(...models: Omit<DevicePlan, "clock">[]) {
  const host = fakeHost();
  const { clock } = host;
  const bus = createSimulatedBus({ clock });
  const devices = new Map(
    models.map((plan) => {
      const device = createModel({ clock, makeFrames, ...plan });
      bus.plug(device);
      return [device.guid, device];
    }),
  );
  const session = await createIeee1394Adapter(() => bus.connect()).open({}, host, new AbortController().signal);
  const sightings: Sighting[] = [];
  const call = { signal: new AbortController().signal };
  void (async () => {
    for await (const sighting of session.discover({ ...call, active: true })) sightings.push(sighting);
  })();
  await clock.advance(3_000);
  const hand = bus.connect();

  async function settle<T>(promise: Promise<T> | undefined, ms = 1_000): Promise<T> {
    if (promise === undefined) throw new Error("the adapter has no streams");
    promise.catch(() => undefined);
    await clock.advance(ms);
    return promise;
  }
  const refOf = (id: string): DeviceRef => sightings.find(({ ref }) => ref.id === id)?.ref ?? { id, address: "" };
  const modelOf = (id: string) => {
    const model = catalogue.find(sightings.find(({ ref }) => ref.id === id)?.key ?? { protocol: "none" });
    return model ?? tape;
  };
  const stream = (id = deck) => settle(session.stream?.(refOf(id), modelOf(id), call), 6_000);
  const describeIt = (id: string) => settle(session.describe(refOf(id), modelOf(id), call));
  async function command(guid: string, frame: Uint8Array): Promise<void> {
    const { generation } = hand.state;
    void hand.write({ nodeId: bus.nodeIdOf(guid) ?? 0, generation }, csr + 0xb00, frame);
    await clock.advance(1_000);
  }
  async function read(offset: number): Promise<number> {
    const { irmNodeId: nodeId = 0, generation } = hand.state;
    const { data } = await settle(hand.read({ nodeId, generation }, csr + offset, 4), 1);
    return new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
  }
  const free = async () => [await read(0x220), await read(0x224)];
  const connections = (guid = deckGuid) => ((devices.get(guid)?.registers.output(0) ?? 0) >>> 24) & 0x3f;
  return { clock, bus, devices, session, stream, describeIt, command, free, connections, refOf, modelOf, call };
}

/** Reads all that comes, and how it ends. */
function reading({ octets }: AvSource) {
  const got: Uint8Array[] = [];
  const state: { ended?: "over" | HomeError } = {};
  void (async () => {
    try {
      for await (const chunk of octets) got.push(chunk);
      state.ended = "over";
    } catch (thrown) {
      if (thrown instanceof HomeError) state.ended = thrown;
    }
  })();
  return { got, state };
}

describe("The stream of a video deck", () => {
  it("takes channel, bandwidth and plug before it is played, tells its form, and comes as whole frames", async () => {
    const { clock, stream, command, free, connections } = await home({ model: "dv-deck" });
    const source = await stream();
    expect(source.form).toBe("dv");
    expect([await free(), connections()]).toEqual([[2403, 0x7fff_ffff], 1]);
    const { got } = reading(source);
    await clock.advance(1_000);
    expect(got).toEqual([]);
    await command(deckGuid, play);
    await clock.advance(1_000);
    expect(got.length).toBeGreaterThan(25);
    expect(new Set(got.map(({ length }) => length))).toEqual(new Set([120_000]));
    expect(source.evidence?.()).toMatchObject({
      format: "dv",
      chunks: got.length,
      octets: got.length * 120_000,
      losses: [],
    });
  });

  it("that is let go gives all back at once, and ends for its reader", async () => {
    const { clock, stream, command, free, connections } = await home({ model: "dv-deck" });
    const source = await stream();
    const { got, state } = reading(source);
    await command(deckGuid, play);
    void source[Symbol.asyncDispose]();
    await clock.advance(1);
    expect([await free(), connections(), state.ended]).toEqual([untouched, 0, "over"]);
    const before = got.length;
    await clock.advance(1_000);
    expect(got.length).toBe(before);
    await source[Symbol.asyncDispose]();
    expect(await free()).toEqual(untouched);
  });

  it("is had by several, each with all of it, and taken from the bus once; the last to leave gives it back", async () => {
    const { clock, stream, command, free, connections } = await home({ model: "dv-deck" });
    const sources = [await stream(), await stream()];
    expect([(await free())[0], connections()]).toEqual([2403, 2]);
    const readers = sources.map(reading);
    await command(deckGuid, play);
    await clock.advance(1_000);
    for (const { got } of readers) expect(got.length).toBeGreaterThan(25);
    for (const [place, left] of [2403, 4915].entries()) {
      void sources[place]?.[Symbol.asyncDispose]();
      await clock.advance(10);
      expect((await free())[0]).toBe(left);
    }
  });

  it("beside another that fills the bus is refused, and told what is in use", async () => {
    const other = "0800460102c46a99";
    const { stream, free } = await home({ model: "dv-deck" }, { model: "dv-deck", guid: other });
    await stream();
    await expect(stream(`ieee1394-${other}-tape0`)).rejects.toMatchObject({
      code: "bus-full",
      details: { neededUnits: 2512, availableUnits: 2403, inUse: [{ guid: deckGuid, plug: 0, channel: 0 }] },
    });
    expect((await free())[0]).toBe(2403);
  });

  it("survives ten bus resets, each with less than a second of a gap", async () => {
    const { clock, bus, stream, command, free, connections } = await home({ model: "dv-deck" });
    const { got, state } = reading(await stream());
    await command(deckGuid, play);
    for (let reset = 0; reset < 10; reset++) {
      bus.resetBus();
      const before = got.length;
      await clock.advance(900);
      expect(got.length - before).toBeGreaterThan(20);
    }
    expect([await free(), connections(), state.ended]).toEqual([[2403, 0x7fff_ffff], 1, undefined]);
  });

  it("ends with the reason when the device is unplugged, and the bus is free then", async () => {
    const { clock, bus, stream, command, free } = await home({ model: "dv-deck" });
    const source = await stream();
    const { state } = reading(source);
    await command(deckGuid, play);
    bus.unplug(deckGuid);
    await clock.advance(1_000);
    expect(state.ended).toMatchObject({ code: "device-unavailable", details: { reason: "absent" } });
    expect(await free()).toEqual(untouched);
    await source[Symbol.asyncDispose]();
  });

  it("that nobody has begun to read when the device leaves tells it to whoever reads then", async () => {
    const { clock, bus, stream } = await home({ model: "dv-deck" });
    const source = await stream();
    bus.unplug(deckGuid);
    await clock.advance(1_000);
    const { state } = reading(source);
    await clock.advance(10);
    expect(state.ended).toMatchObject({ code: "device-unavailable" });
  });

  it("ends with its session, which gives all back", async () => {
    const { clock, session, stream, free, connections } = await home({ model: "dv-deck" });
    const { state } = reading(await stream());
    void session[Symbol.asyncDispose]();
    await clock.advance(100);
    expect(state.ended).toMatchObject({ code: "device-unavailable", details: { reason: "closed" } });
    expect([await free(), connections()]).toEqual([untouched, 0]);
  });

  it("of a call that is given up in the meantime takes nothing", async () => {
    const { clock, session, refOf, modelOf, free, connections } = await home({ model: "dv-deck" });
    const leave = new AbortController();
    const opening = session.stream?.(refOf(deck), modelOf(deck), { signal: leave.signal });
    leave.abort(new HomeError("device-unavailable", "nobody waits"));
    await expect(opening).rejects.toMatchObject({ message: "nobody waits" });
    await clock.advance(1_000);
    expect([await free(), connections()]).toEqual([untouched, 0]);
  });

  it("cannot come from a plug that is offline, from a device that is away, or from one that was never seen", async () => {
    const { bus, clock, devices, stream } = await home({ model: "dv-deck" });
    devices.get(deckGuid)?.registers.setOutput(0, 0x003f_007a);
    await expect(stream()).rejects.toMatchObject({
      code: "device-unavailable",
      details: { reason: "plug-offline" },
    });
    bus.unplug(deckGuid);
    await clock.advance(1_000);
    await expect(stream()).rejects.toMatchObject({ code: "device-unavailable", details: { reason: "absent" } });
    await expect(stream("ieee1394-0000000000000000-tape0")).rejects.toMatchObject({ code: "unknown-device" });
  });
});

describe("The stream of a device that does not tell its form", () => {
  it("is known by what comes first", async () => {
    const { clock, stream, command } = await home({ model: "dv-deck", format: "untold" });
    await command(deckGuid, play);
    const opening = stream();
    const broadcast = await opening;
    expect(broadcast.form).toBe("dv");
    const { got } = reading(broadcast);
    await clock.advance(500);
    expect(got.length).toBeGreaterThan(10);
  });

  it("is silent while nothing comes, and then takes nothing", async () => {
    const { stream, free, connections } = await home({ model: "dv-deck", format: "untold" });
    await expect(stream()).rejects.toMatchObject({ code: "device-silent", details: { reason: "nothing-sent" } });
    expect([await free(), connections()]).toEqual([untouched, 0]);
  });

  it("that turns out to be another than was told ends, to be opened anew", async () => {
    const { stream, command } = await home({ model: "dv-deck", format: "a0000000" });
    const source = await stream();
    expect(source.form).toBe("mpegts");
    const { state } = reading(source);
    await command(deckGuid, play);
    expect(state.ended).toMatchObject({ code: "device-unavailable", details: { reason: "form-changed" } });
  });

  it("of sound alone is none", async () => {
    const { stream, describeIt } = await home({ model: "dv-deck", format: "90000000" });
    expect(await describeIt(deck)).not.toHaveProperty("gk:stream");
    await expect(stream()).rejects.toMatchObject({ code: "device-unavailable", details: { reason: "no-picture" } });
  });
});

describe("A description", () => {
  it("offers the stream of a unit that has an output plug", async () => {
    const { describeIt } = await home({ model: "dv-deck" }, { model: "set-top-box" });
    expect((await describeIt(deck))["gk:stream"]).toBe(true);
    expect((await describeIt("ieee1394-000a730400b19204-tuner0"))["gk:stream"]).toBe(true);
    expect(await describeIt("ieee1394-000a730400b19204-panel0")).not.toHaveProperty("gk:stream");
  });

  it.each([
    ["none by PLUG INFO", { hasOutput: false }, false],
    ["none by its master register", { hasOutput: false, knowsPlugInfo: false }, false],
    ["one by its master register", { knowsPlugInfo: false }, true],
  ])("of a unit with %s says so", async (_, plan, isOffered) => {
    const { describeIt } = await home({ model: "dv-deck", ...plan });
    expect((await describeIt(deck))["gk:stream"] ?? false).toBe(isOffered);
  });
});
