/** AV devices as a home has them: the shipped descriptors over a simulated bus, through the room where all devices live. */

import { describe, expect, it } from "vitest";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { createAvcUnit } from "../../simulated-home/ieee1394/avc/avc-unit.ts";
import type { AvcFaults } from "../../simulated-home/ieee1394/avc/subunit.ts";
import { createTape, type Tape } from "../../simulated-home/ieee1394/avc/tape.ts";
import { createBusDevice } from "../../simulated-home/ieee1394/bus-device.ts";
import { createRegisters } from "../../simulated-home/ieee1394/registers.ts";
import { writeRom } from "../../simulated-home/ieee1394/rom-writer.ts";
import { catalogue, deck, avHome as home } from "./av-home.ts";

describe("A video deck", () => {
  it("is called by its model and tells its tape, its time code and its cassette", async () => {
    const { deviceOf, values } = await home(["dv-deck"]);
    expect(deviceOf(deck)?.titles).toEqual({ en: "Video deck DSR-11", ja: "ビデオデッキ DSR-11" });
    expect(values(deck)).toEqual({
      power: true,
      transport: "stopped",
      timeCode: "00:01:23:00",
      cassette: "standardDv",
      protection: "recordable",
      counter: "00:01:23:00",
      recordingSpeed: "sp",
      outputFormat: "dv525",
    });
  });

  it("plays when told, and its time code goes on", async () => {
    const { clock, values, set } = await home(["dv-deck"]);
    expect(await set(deck, "transport", "playing")).toBe("playing");
    await clock.advance(10_000);
    expect(values(deck)["transport"]).toBe("playing");
    expect(String(values(deck)["timeCode"]) > "00:01:33:00").toBe(true);
    expect(await set(deck, "transport", "stopped")).toBe("stopped");
  });

  it("is told as changing while its mechanism moves", async () => {
    const { clock, devices, values } = await home([{ model: "dv-deck", tape: { transitionMs: 9_000 } }]);
    const executing = devices.control.execute({
      ...{ id: "a", device: deck },
      request: { kind: "property", name: "transport", value: "playing" },
    });
    await clock.advance(4_000);
    expect(await executing).toMatchObject({ ok: true, value: "changing" });
    expect(values(deck)["transport"]).toBe("changing");
    await clock.advance(6_500);
    expect(values(deck)["transport"]).toBe("playing");
  });

  it("records only where the settings allow it", async () => {
    const without = await home(["dv-deck"]);
    expect(Object.keys(without.deviceOf(deck)?.descriptor.actions ?? {})).not.toContain("record");
    expect(await without.invoke(deck, "record")).toBe("unknown-action");
    const allowed = await home(["dv-deck"], { recording: true });
    expect(allowed.deviceOf(deck)?.descriptor.actions?.["record"]?.["gk:confirm"]).toBe(true);
    expect(await allowed.invoke(deck, "record")).toBeNull();
    expect(allowed.values(deck)["transport"]).toBe("recording");
  });

  it("records by no descriptor that forgets to ask for leave, neither by an action nor by a value", async () => {
    const tape = catalogue.find({ protocol: "ieee1394", commands: "avc", subunit: "tape" });
    if (tape === undefined) throw new Error("there is no descriptor for tapes");
    const model = {
      ...tape,
      version: { model: "9.0.0" },
      "gk:match": [{ ...tape["gk:match"][0], vendor: "0x080046" }],
    };
    const careless: Descriptor = {
      ...JSON.parse(JSON.stringify(model)),
      actions: { keep: { titles: { en: "Keep", ja: "残す" }, "gk:bind": { avc: { control: "c275" } } } },
      properties: {
        ...tape.properties,
        mode: {
          titles: { en: "Mode", ja: "モード" },
          ...{ type: "string", oneOf: [{ const: "keep", titles: { en: "Keep", ja: "残す" } }] },
          "gk:bind": { avc: { status: "d07f", value: { map: { c2: "keep" } }, control: { map: { keep: "c275" } } } },
        },
      },
    };
    for (const [settings, expected] of [
      [{}, ["unknown-action", "unknown-action", "stopped"]],
      [{ recording: true }, [null, "keep", "recording"]],
    ] as const) {
      const { clock, devices, values, invoke, set } = await home(["dv-deck"], settings);
      devices.receive({ type: "descriptor", descriptor: careless });
      await clock.advance(2_000);
      const told = [await invoke(deck, "keep"), await set(deck, "mode", "keep")];
      expect([...told, values(deck)["transport"]]).toEqual(expected);
    }
  });

  it("with a protected cassette refuses to record, without one to play", async () => {
    const locked = await home([{ model: "dv-deck", cassette: "protected" }], { recording: true });
    expect(locked.values(deck)["protection"]).toBe("protected");
    expect(await locked.invoke(deck, "record")).toBe("device-refused");
    const empty = await home([{ model: "dv-deck", cassette: "none" }]);
    expect(empty.values(deck)).toMatchObject({ transport: "noTape", cassette: "none", timeCode: "--:--:--:--" });
    expect(await empty.set(deck, "transport", "playing")).toBe("device-refused");
  });

  it("tells by itself what a hand does to it, where it supports NOTIFY, and is asked where not", async () => {
    for (const notifies of [true, false]) {
      const { clock, bus, values, tape } = await homeOfTape({ notifies });
      tape.condense();
      await clock.advance(1_200);
      expect(values()["transport"]).toBe("condensation");
      bus.resetBus();
      await clock.advance(1_000);
      tape.insert(undefined);
      await clock.advance(notifies ? 1_000 : 6_000);
      expect(values()).toMatchObject({ transport: "noTape", cassette: "none" });
    }
  });

  it("is away while it is unplugged, and back with what it is then", async () => {
    const { clock, bus, plug, deviceOf, values, set } = await home(["dv-deck", "mood-lamp"]);
    bus.unplug("0800460102c46a01");
    await clock.advance(1_000);
    expect(deviceOf(deck)?.available).toBe(false);
    expect(await set(deck, "transport", "playing")).toBe("device-unavailable");
    plug({ model: "dv-deck", cassette: "none" });
    await clock.advance(2_000);
    expect(deviceOf(deck)?.available).toBe(true);
    expect(values(deck)["transport"]).toBe("noTape");
  });

  it("that takes commands and never answers is away within its time", async () => {
    const faults: AvcFaults = {};
    const { clock, deviceOf, deviceId } = await homeOfTape({ faults });
    faults.isSilent = true;
    await clock.advance(15_000);
    expect(deviceOf(deviceId)?.available).toBe(false);
    faults.isSilent = false;
    await clock.advance(6_000);
    expect(deviceOf(deviceId)?.available).toBe(true);
  });

  it("two at once are told apart by their GUIDs", async () => {
    const { values, set } = await home(["dv-deck", { model: "dv-deck", guid: "0800460102c46a99" }]);
    const other = "ieee1394-0800460102c46a99-tape0";
    await set(other, "transport", "playing");
    expect([values(deck)["transport"], values(other)["transport"]]).toEqual(["stopped", "playing"]);
  });

  /** A home with one deck that a test has its hands on. */
  async function homeOfTape({ notifies = true, faults = {} as AvcFaults }) {
    const guid = "0800460000000077";
    const at = await home([]);
    const { clock, bus } = at;
    const tape: Tape = createTape({
      clock,
      framesPerSecond: 30,
      signalMode: 0,
      cassette: { type: 0x32, grade: 0x30 },
      notifies,
    });
    const rom = writeRom({
      guid,
      capabilities: 0x20ff_5020,
      root: [
        [0x03, 0x080046],
        [
          0xd1,
          [
            [0x12, 0x00a02d],
            [0x13, 0x010001],
          ],
        ],
      ],
    });
    const unit = createAvcUnit({ clock, type: 4, company: 0x080046, subunits: [tape], faults });
    bus.plug(createBusDevice(guid, createRegisters({ clock, rom }), unit));
    await clock.advance(3_000);
    const deviceId = `ieee1394-${guid}-tape0`;
    return { ...at, tape, deviceId, values: () => at.values(deviceId) };
  }
});

describe("A set-top box", () => {
  it("has a tuner and a remote control, whose keys are pressed and released", async () => {
    const { values, set, invoke } = await home(["set-top-box"]);
    const panel = "ieee1394-000a730400b19204-panel0";
    expect(values(panel)).toEqual({ power: true, channel: null });
    expect(await set(panel, "channel", 12)).toBe(12);
    expect(await set(panel, "channel", 1_000)).toBe("out-of-range");
    expect(await invoke(panel, "menu")).toBeNull();
    expect(await set(panel, "power", false)).toBe(false);
    expect(values("ieee1394-000a730400b19204-tuner0")).toEqual({ power: false, outputFormat: "mpeg2Ts" });
  });
});

describe("Speakers", () => {
  it("tell and take their volume in dB", async () => {
    const { values, set } = await home(["speakers"]);
    const speakers = "ieee1394-0003db0000c00805-audio0";
    expect(values(speakers)).toEqual({ power: true, volume: -16, mute: false });
    expect(await set(speakers, "volume", -30)).toBe(-30);
    expect(await set(speakers, "mute", true)).toBe(true);
  });
});

describe("A unit of a type that nobody knows", () => {
  const lamp = "ieee1394-0050c2fffe000106-0d0";
  const learned: Descriptor = {
    "@context": ["https://www.w3.org/2022/wot/td/v1.1", { gk: "https://genkan.example/ns#", "@language": "en" }],
    "@type": "tm:ThingModel",
    title: "Mood lamp",
    titles: { en: "Mood lamp", ja: "ムードランプ" },
    version: { model: "1.0.0" },
    "gk:type": "ieee1394:avc:0d:0x0050c2",
    "gk:kind": "light",
    "gk:match": [{ protocol: "ieee1394", commands: "avc", subunit: "0d", vendor: "0x0050c2" }],
    properties: {
      brightness: {
        titles: { en: "Brightness", ja: "明るさ" },
        ...{ type: "integer", minimum: 0, maximum: 255, "gk:role": "brightness" },
        "gk:bind": {
          avc: { status: "41ff", value: { num: "uint8", at: 1 }, control: { frame: "41{value}", num: "uint8" } },
        },
      },
    },
  };

  it("is shown at once, wanted from the provider, and controlled by what the provider tells", async () => {
    const { clock, devices, deviceOf, values, set } = await home(["mood-lamp"]);
    expect(deviceOf(lamp)).toMatchObject({ kind: "generic", available: true });
    expect(devices.wanted().wanted).toEqual([
      { key: expect.objectContaining({ protocol: "ieee1394", subunit: "0d", vendor: "0x0050c2" }), matched: 0 },
    ]);
    devices.receive({ type: "descriptor", descriptor: learned });
    await clock.advance(2_000);
    expect(deviceOf(lamp)).toMatchObject({ kind: "light", titles: { ja: "ムードランプ あかり 17" } });
    expect(values(lamp)).toEqual({ brightness: 0x50 });
    expect(await set(lamp, "brightness", 200)).toBe(200);
    expect(values(lamp)).toEqual({ brightness: 200 });
  });
});
