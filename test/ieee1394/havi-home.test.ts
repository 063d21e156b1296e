/** HAVi devices as a home has them: found by Registries, controlled by descriptors, with the screens that they send. */

import { describe, expect, it } from "vitest";
import { flawsOf } from "../../device-descriptors/check-descriptor.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import {
  createController,
  createReceiver,
  deckBehind,
  handles,
} from "../../simulated-home/ieee1394/havi/havi-models.ts";
import { control, panel } from "../../simulated-home/ieee1394/havi/receiver-screen.ts";
import { createModel } from "../../simulated-home/ieee1394/models.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { haviHome } from "./havi-rig.ts";

const receiverGuid = "0050c2fffe000a07";
const whole = `ieee1394-${receiverGuid}-havi-dcm-0`;
const amplifier = `ieee1394-${receiverGuid}-havi-amplifier-0`;
const deck = `ieee1394-${deckBehind}-havi-vcr-0`;
const aroma = "ieee1394-0050c2fffe000c11-havi-80000017-0";

async function receiverHome() {
  const host = fakeHost();
  const sim = createReceiver({ clock: host.clock });
  return { sim, ...(await haviHome(host, [sim.node])) };
}

async function controllerHome(settings = {}) {
  const host = fakeHost();
  const sim = createController({ clock: host.clock });
  return { sim, ...(await haviHome(host, [sim.node], settings)) };
}

describe("A HAVi receiver", () => {
  it("is found by its Registry: what it sends a screen of, and its amplifier, each by its model", async () => {
    const { devices, host } = await receiverHome();
    expect(devices.list().map(({ id, type, titles }) => [id, type, titles.en])).toEqual([
      [whole, "ieee1394:havi:dcm", "AV device AX-7"],
      [amplifier, "ieee1394:havi:amplifier", "Amplifier AX-7"],
    ]);
    expect(host.log.events("warn")).toEqual([]);
  });

  it("has an amplifier whose volume, mute and sound mode are told, set, and notified when a hand turns the knob", async () => {
    const { clock, sim, values, set, deviceOf } = await receiverHome();
    expect(values(amplifier)).toEqual({ power: true, volume: 20, mute: false, soundMode: "off" });
    expect(await set(amplifier, "volume", 33)).toBe(33);
    expect(await set(amplifier, "soundMode", "jazz")).toBe("jazz");
    expect([sim.receiver.volume, sim.receiver.mode]).toEqual([33, 4]);
    sim.turnVolume(41);
    await clock.advance(100);
    expect(values(amplifier)["volume"]).toBe(41);
    // Balance and loudness stand in the descriptor, and this one has neither.
    expect(Object.keys(deviceOf(amplifier)?.descriptor.properties ?? {})).not.toContain("balance");
  });

  it("tells by an event that its power is another, wherever it was switched", async () => {
    const { clock, values, set } = await receiverHome();
    expect(await set(amplifier, "power", false)).toBe(false);
    await clock.advance(100);
    expect(values(whole)["power"]).toBe(false);
  });
});

describe("The screen that a HAVi device sends", () => {
  it("is its control screen: a descriptor in order, drawn as every other is", async () => {
    const { deviceOf, values } = await receiverHome();
    const device = deviceOf(whole) ?? expect.fail();
    expect(flawsOf(device.descriptor)).toEqual([]);
    const page = buildPageDevice(device);
    expect(page.sections.map(({ titles, items }) => [titles.en, items])).toEqual([
      ["Device", ["power"]],
      ["Receiver", ["screenText12", "screenToggle10", "screenSetrange11", "screenShowrange13", "screenPanellink17"]],
      ["Stations", ["screenChoice15", "screenButton16"]],
    ]);
    expect(page.tile).toMatchObject({ toggle: "power", value: "screenText12", control: "screenToggle10" });
    expect(page.widgets["screenSetrange11"]).toMatchObject({ widget: "slider", minimum: -60, maximum: 0, unit: "dB" });
    expect(page.widgets["screenToggle10"]).toMatchObject({ widget: "segmented" });
    expect(values(whole)).toMatchObject({ screenText12: "NHK FM 82.5", screenSetrange11: -40, screenShowrange13: 72 });
  });

  it("tells the device what people do, and shows what that changes", async () => {
    const { sim, values, set, invoke } = await receiverHome();
    expect(await set(whole, "screenSetrange11", -20)).toBe(-20);
    expect(await set(whole, "screenSetrange11", 7)).toBe("out-of-range");
    expect(await invoke(whole, "screenButton16")).toBeNull();
    // Pressed and released.
    expect(sim.receiver.tuned).toEqual([0, 1]);
    expect(values(whole)).toMatchObject({ screenText12: "J-WAVE 81.3", screenChoice15: 1, screenSetrange11: -20 });
    expect(await set(whole, "screenChoice15", 2)).toBe(2);
    expect(values(whole)["screenText12"]).toBe("InterFM 89.7");
    expect(values(amplifier)["volume"]).toBe(40);
  });

  it("is live: a hand at the device, and a control that goes and comes", async () => {
    const { clock, sim, values, deviceOf, set } = await receiverHome();
    sim.turnVolume(55);
    await clock.advance(100);
    expect(values(whole)["screenSetrange11"]).toBe(-5);
    await set(whole, "screenToggle10", 3);
    await clock.advance(1_000);
    expect(values(whole)["screenText12"]).toBe("TV");
    expect(deviceOf(whole)?.descriptor.properties["screenChoice15"]).toMatchObject({ readOnly: true });
    expect(Object.keys(deviceOf(whole)?.descriptor.actions ?? {})).toEqual(["screenPanellink17"]);
    await set(whole, "screenToggle10", 0);
    await clock.advance(1_000);
    expect(Object.keys(deviceOf(whole)?.descriptor.actions ?? {})).toContain("screenButton16");
  });

  it("leads to other panels and back", async () => {
    const { clock, sim, values, deviceOf, set, invoke } = await receiverHome();
    const sections = () => deviceOf(whole)?.descriptor["gk:screen"]?.sections?.map(({ titles }) => titles?.en);
    await invoke(whole, "screenPanellink17");
    expect(sections()).toEqual(["Device", "Receiver", "Stations", "Sound settings"]);
    expect(values(whole)).toMatchObject({ screenSetrange21: 0, screenEntry22: "06:30" });
    expect(await set(whole, "screenSetrange21", -4)).toBe(-4);
    expect(await set(whole, "screenEntry22", "07:15")).toBe("07:15");
    expect([sim.receiver.bass, sim.receiver.wake]).toEqual([2, [7, 15]]);
    await invoke(whole, "screenPanellink23");
    await clock.advance(500);
    expect(sections()).toEqual(["Device", "Receiver", "Stations"]);
  });

  it("is turned by the device itself to an alert, which goes when it is gone", async () => {
    const { clock, sim, deviceOf } = await receiverHome();
    const sections = () => deviceOf(whole)?.descriptor["gk:screen"]?.sections?.map(({ titles }) => titles?.en);
    sim.screen.turnTo(panel.alert);
    await clock.advance(500);
    expect(sections()).toContain("Overheated");
    sim.screen.turnTo(panel.root, [panel.alert]);
    await clock.advance(500);
    expect(sections()).toEqual(["Device", "Receiver", "Stations"]);
  });

  it("goes on after a bus reset, as other node ids are, and after the device was unplugged", async () => {
    const { bus, clock, sim, values, deviceOf, set } = await receiverHome();
    bus.plug(createModel({ clock, model: "mood-lamp" }));
    await clock.advance(6_000);
    sim.turnVolume(30);
    await clock.advance(100);
    expect(values(whole)["screenSetrange11"]).toBe(-30);
    bus.unplug(receiverGuid);
    await clock.advance(1_000);
    expect(deviceOf(whole)?.available).toBe(false);
    expect(await set(whole, "screenSetrange11", -1)).toBe("device-unavailable");
    bus.plug(sim.node);
    await clock.advance(6_000);
    expect(deviceOf(whole)?.available).toBe(true);
    expect(await set(whole, "screenSetrange11", -3)).toBe(-3);
    expect(sim.receiver.volume).toBe(57);
  });

  it("that changes without end is still followed, and floods neither page nor log", async () => {
    const { clock, sim, values, host, devices } = await receiverHome();
    let events = 0;
    devices.onEvent(() => events++);
    for (let turn = 0; turn < 400; turn++) {
      sim.receiver.volume = turn % 60;
      sim.screen.tell(control.volume, control.line);
      if (turn % 50 === 0) await clock.advance(10);
    }
    await clock.advance(10_000);
    expect(values(whole)["screenSetrange11"]).toBe(-60 + (399 % 60));
    expect(host.log.events("warn").length).toBeLessThan(3);
    expect(events).toBeLessThan(400);
  });
});

describe("Another controller", () => {
  it("is a directory of devices that are not on this bus, which are controlled by way of it", async () => {
    const { clock, sim, values, set, invoke, deviceOf } = await controllerHome();
    expect(deviceOf(deck)).toMatchObject({ kind: "vtr", titles: { en: "Video deck WV-H5" } });
    expect(values(deck)).toEqual({ power: true, transport: "stopped", timeCode: "00:01:00:00" });
    expect(await set(deck, "transport", "playing")).toBe("playing");
    expect(sim.tape.isPlaying).toBe(true);
    await clock.advance(5_000);
    expect(String(values(deck)["timeCode"]) > "00:01:03:00").toBe(true);
    expect(await invoke(deck, "record")).toBe("unknown-action");
    const allowed = await controllerHome({ recording: true });
    expect(allowed.deviceOf(deck)?.descriptor.actions?.["record"]?.["gk:confirm"]).toBe(true);
  });

  it("tells by an event that a deck was touched, what the device refuses is refused", async () => {
    const { clock, sim, values, set, invoke } = await controllerHome();
    sim.tape.insert(undefined);
    await clock.advance(3_000);
    expect(values(deck)["transport"]).toBe("noTape");
    expect(await set(deck, "transport", "playing")).toBe("device-refused");
    expect(await invoke(deck, "nextFrame")).toBe("device-refused");
  });

  it("tells that elements came and went, and devices come and go with them", async () => {
    const { clock, sim, deviceOf } = await controllerHome();
    const element = sim.node.elements.get(handles.deck) ?? expect.fail();
    sim.system.remove(handles.deck);
    await clock.advance(500);
    expect(deviceOf(deck)).toBeUndefined();
    sim.system.add(element);
    await clock.advance(2_000);
    expect(deviceOf(deck)).toMatchObject({ kind: "vtr", available: true });
  });

  it("whose event manager is silent about it is looked at now and then", async () => {
    const { clock, sim, deviceOf } = await controllerHome({ rediscoverMs: 20_000 });
    sim.node.elements.delete(handles.deck);
    await clock.advance(21_000);
    expect(deviceOf(deck)).toBeUndefined();
  });
});

describe("A HAVi service of a type that nobody knows", () => {
  const bind = (fields: object) => ({ api: "8017", ...fields });
  const learned: Descriptor = {
    "@context": ["https://www.w3.org/2022/wot/td/v1.1", { gk: "https://genkan.example/ns#", "@language": "en" }],
    "@type": "tm:ThingModel",
    title: "Aroma diffuser",
    titles: { en: "Aroma diffuser", ja: "アロマディフューザー" },
    version: { model: "1.0.0" },
    "gk:type": "ieee1394:havi:80000017",
    "gk:kind": "generic",
    "gk:match": [{ protocol: "ieee1394", commands: "havi", element: "80000017", vendor: "0x0050c2" }],
    properties: {
      strength: {
        titles: { en: "Strength", ja: "強さ" },
        ...{ type: "integer", minimum: 0, maximum: 12 },
        "gk:bind": {
          havi: {
            get: bind({ operation: 1, results: [["strength", "ushort"]] }),
            value: { at: "strength" },
            set: bind({ operation: 2, parameters: [["strength", "ushort"]], fields: { strength: "{value}" } }),
          },
        },
      },
    },
  };

  it("is shown at once, wanted from the provider, and controlled by what the provider tells", async () => {
    const { clock, sim, devices, deviceOf, values, set } = await controllerHome();
    expect(flawsOf(learned)).toEqual([]);
    expect(deviceOf(aroma)).toMatchObject({ kind: "generic", available: true });
    expect(devices.wanted().wanted).toEqual([
      { key: expect.objectContaining({ commands: "havi", element: "vcr" }), matched: 3 },
      { key: expect.objectContaining({ commands: "havi", element: "80000017", model: "香 11" }), matched: 0 },
    ]);
    devices.receive({ type: "descriptor", descriptor: learned });
    await clock.advance(2_000);
    expect(deviceOf(aroma)).toMatchObject({ titles: { ja: "アロマディフューザー 香 11" } });
    expect(values(aroma)).toEqual({ strength: 3 });
    expect(await set(aroma, "strength", 9)).toBe(9);
    expect(sim.aroma.strength).toBe(9);
    expect(await set(aroma, "strength", 11)).toBe("device-refused");
    expect(values(aroma)["strength"]).toBe(9);
  });

  it("whose descriptor cannot be read says so once, and takes nothing from the others", async () => {
    const { clock, host, devices, values } = await controllerHome();
    const { strength } = learned.properties;
    const broken = {
      titles: { en: "B", ja: "B" },
      type: "boolean",
      "gk:bind": { havi: { set: bind({ operation: 999 }) } },
    };
    if (strength === undefined) throw new Error();
    devices.receive({ type: "descriptor", descriptor: { ...learned, properties: { strength, broken } } });
    await clock.advance(20_000);
    expect(values(aroma)).toEqual({ strength: 3 });
    expect(host.log.events("warn")).toEqual(["bind-unreadable"]);
  });
});
