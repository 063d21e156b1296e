/** What devices do wrong on the bus, and what the gateway makes of it: it bears it, and tells it as it is. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import { createDevices } from "../../gateway-core/devices/devices.ts";
import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import type { AvChunk } from "../../gateway-core/ieee1394/isochronous-source.ts";
import { recordStream } from "../../gateway-core/ieee1394/record-stream.ts";
import { createStreamEvidence } from "../../gateway-core/ieee1394/stream-evidence.ts";
import { packageRoot } from "../../host/package-root.ts";
import { createModel, type DevicePlan } from "../../simulated-home/ieee1394/models.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import { fakeHost } from "../fakes/fake-host.ts";

const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);
const guid = "0800460000000001";
const deck = `ieee1394-${guid}-tape0`;
const packetOctets = 188;
const numbered = async (): Promise<Uint8Array> => new Uint8Array(0);
const packets = async (): Promise<Uint8Array> =>
  Uint8Array.from(
    Array.from({ length: 600 * packetOctets }, (_, at) => [0x47, 0x01, 0x00, 0x10][at % packetOctets] ?? 0xff),
  );

/** What a second of playing is received as. */
async function received(plan: Omit<DevicePlan, "clock">) {
  const host = fakeHost();
  const { clock } = host;
  const bus = createSimulatedBus({ clock });
  bus.plug(createModel({ clock, guid, makeFrames: numbered, makePackets: packets, ...plan }));
  const hand = bus.connect();
  const leaving = new AbortController();
  const chunks: AvChunk[] = [];
  const done = (async () => {
    const options = { bus: "", device: guid, host, signal: leaving.signal, openBus: () => bus.connect() };
    for await (const chunk of recordStream({ ...options, onConnected: () => undefined })) chunks.push(chunk);
  })();
  await clock.advance(2_000);
  const play = Uint8Array.of(0, 0x20, 0xc3, 0x75);
  void hand.write({ nodeId: bus.nodeIdOf(guid) ?? 0, generation: hand.state.generation }, 0xffff_f000_0b00, play);
  await clock.advance(1_500);
  leaving.abort();
  await clock.advance(100);
  await done;
  const evidence = createStreamEvidence({ now: () => 0 });
  for (const chunk of chunks) evidence.take(chunk);
  return { chunks, told: evidence.told() };
}

async function home(plan: Partial<DevicePlan>, settings = {}, generation = 0) {
  const host = fakeHost();
  const { clock } = host;
  const bus = createSimulatedBus({ clock, generation });
  bus.plug(createModel({ model: "dv-deck", guid, makeFrames: numbered, ...plan, clock }));
  const session = await createIeee1394Adapter(() => bus.connect()).open(settings, host, new AbortController().signal);
  const devices = createDevices({ host, sessions: new Map([["ieee1394", session]]), find: catalogue.find });
  void (async () => {
    for await (const sighting of session.discover({ signal: new AbortController().signal, active: true })) {
      devices.receive({ type: "sighting", sighting });
    }
  })();
  await clock.advance(5_000);
  const device = () => devices.list().find(({ id }) => id === deck);
  const value = (name: string) => device()?.values[name]?.value;
  const transport = async (wanted: string) => {
    const request = { kind: "property", name: "transport", value: wanted } as const;
    const executing = devices.control.execute({ id: wanted, device: deck, request });
    await clock.advance(5_000);
    return executing;
  };
  return { host, clock, bus, session, device, value, transport };
}

describe("A stream of DV", () => {
  it("of which packets are lost lacks just their blocks, each told", async () => {
    const { chunks, told } = await received({ model: "dv-deck", streamFaults: { loseEvery: 1_000 } });
    const lost = Number(told["lostDataBlocks"]);
    expect(lost).toBeGreaterThanOrEqual(6);
    expect(Number(told["missingBlocks"])).toBe(6 * lost);
    expect(new Set(chunks.map(({ octets }) => octets.length))).toEqual(new Set([120_000]));
  });

  it.each([
    ["come twice", { repeatEvery: 333 }],
    ["change places", { swapEvery: 333 }],
  ])("of which packets %s is whole", async (_, streamFaults) => {
    const { chunks, told } = await received({ model: "dv-deck", streamFaults });
    expect(chunks.length).toBeGreaterThan(25);
    expect(told).toMatchObject({ missingBlocks: 0, breaks: [] });
  });

  it("whose counter jumps is whole, and the jumps are told", async () => {
    const { chunks, told } = await received({ model: "dv-deck", streamFaults: { skipEvery: 1_000 } });
    expect(chunks.length).toBeGreaterThan(25);
    expect(told).toMatchObject({ missingBlocks: 0, breaks: [] });
    expect(Number(told["lostDataBlocks"]) % 5).toBe(0);
    expect(Number(told["lostDataBlocks"])).toBeGreaterThan(0);
  });

  it("that breaks off in the midst of frames has them with holes, though no counter tells, and goes on", async () => {
    const { chunks, told } = await received({ model: "dv-deck", streamFaults: { breakEvery: 1_111 } });
    const wounded = chunks.filter(({ missingBlocks }) => missingBlocks > 0);
    expect(wounded.length).toBeGreaterThan(3);
    expect(chunks.length - wounded.length).toBeGreaterThan(wounded.length);
    expect(Number(told["missingBlocks"])).toBeGreaterThan(1_000);
  });
});

describe("A stream of MPEG-2", () => {
  const whole = ({ octets }: AvChunk): boolean => {
    for (let at = 0; at < octets.length; at += packetOctets) if (octets[at] !== 0x47) return false;
    return octets.length % packetOctets === 0;
  };

  it.each([
    ["are lost", { loseEvery: 50 }, true],
    ["come twice", { repeatEvery: 50 }, false],
    ["change places", { swapEvery: 50 }, true],
    ["are not sent in between", { breakEvery: 500 }, false],
    ["count wrongly", { skipEvery: 50 }, true],
  ])("of which packets %s is of whole transport packets still", async (_, streamFaults, isLost) => {
    const { chunks, told } = await received({ model: "d-vhs-deck", streamFaults });
    expect(chunks.every(whole)).toBe(true);
    expect(Number(told["octets"])).toBeGreaterThan(100_000);
    expect(Number(told["lostDataBlocks"]) > 0).toBe(isLost);
  });
});

describe("A device", () => {
  it("that answers everything twice is obeyed and read once", async () => {
    const { value, transport } = await home({ faults: { answersTwice: true } });
    expect(value("timeCode")).toBe("00:01:23:00");
    expect(await transport("playing")).toMatchObject({ ok: true, value: "playing" });
    expect(await transport("paused")).toMatchObject({ ok: true, value: "paused" });
    expect(value("transport")).toBe("paused");
  });

  it("that answers questions late is read; what it was commanded late is not given twice, and told as unknown", async () => {
    const { clock, value, transport, bus } = await home({ faults: { answerMs: 400 } });
    await clock.advance(30_000);
    expect(value("transport")).toBe("stopped");
    const commands: string[] = [];
    const stop = bus.connect().onFcp(({ octets }) => {
      if (octets[0] === 9) commands.push(Buffer.from(octets).toString("hex"));
    });
    expect(await transport("playing")).toMatchObject({
      ok: false,
      error: { code: "device-silent", reason: "timeout" },
    });
    expect(commands).toEqual(["0920c375"]);
    stop();
    expect(value("transport")).toBe("playing");
  });

  it.each([
    ["whose bus information has a wrong CRC", { wrongCrc: "bus-information" }],
    ["whose root directory has a wrong CRC", { wrongCrc: "root-directory" }],
    ["that is still starting", { startingReads: 3 }],
    ["that answers no block reads", { isQuadletOnly: true }],
  ] as const)("%s is found and works", async (_, romFaults) => {
    const { host, device, transport } = await home({ romFaults });
    expect(device()?.titles.en).toBe("Video deck DSR-11");
    expect(host.log.events("warn").includes("configuration-rom-faulty")).toBe("wrongCrc" in romFaults);
    expect(await transport("playing")).toMatchObject({ ok: true });
  });

  it("whose plug is offline says so when it is to be watched", async () => {
    const { clock, session, device } = await home({ isOffline: true });
    const descriptor = device()?.descriptor;
    if (descriptor === undefined) throw new Error("the deck was not found");
    expect(descriptor["gk:stream"]).toBe(true);
    const opening = session.stream?.({ id: deck, address: "" }, descriptor, { signal: new AbortController().signal });
    opening?.catch(() => undefined);
    await clock.advance(1_000);
    await expect(opening).rejects.toMatchObject({ code: "device-unavailable", details: { reason: "plug-offline" } });
  });

  it("is watched while the generations of the bus begin anew", async () => {
    const { clock, bus, session, device, transport } = await home({}, {}, 250);
    const descriptor = device()?.descriptor;
    if (descriptor === undefined) throw new Error("the deck was not found");
    const opening = session.stream?.({ id: deck, address: "" }, descriptor, { signal: new AbortController().signal });
    await clock.advance(1_000);
    const source = await opening;
    let frames = 0;
    void (async () => {
      for await (const _ of source?.octets ?? []) frames++;
    })();
    await transport("playing");
    for (let reset = 0; reset < 6; reset++) {
      bus.resetBus();
      const before = frames;
      await clock.advance(900);
      expect(frames - before).toBeGreaterThan(20);
    }
    expect(bus.connect().state.generation).toBeLessThan(10);
  });
});
