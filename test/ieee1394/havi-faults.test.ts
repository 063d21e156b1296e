/** HAVi nodes that misbehave: silence, garbage, half messages, floods of octets, screens that are not what they said. */

import { describe, expect, it } from "vitest";
import { createController, createReceiver } from "../../simulated-home/ieee1394/havi/havi-models.ts";
import type { HaviFaults } from "../../simulated-home/ieee1394/havi/havi-node.ts";
import { control } from "../../simulated-home/ieee1394/havi/receiver-screen.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { haviHome } from "./havi-rig.ts";

const whole = "ieee1394-0050c2fffe000a07-havi-dcm-0";
const amplifier = "ieee1394-0050c2fffe000a07-havi-amplifier-0";
/** Of what is said of a node that does not do what it should: once, not each time. */
const warnings = 6;

async function faulty(faults: HaviFaults) {
  const host = fakeHost();
  const sim = createReceiver({ clock: host.clock, faults });
  const controller = createController({ clock: host.clock });
  return { sim, controller, ...(await haviHome(host, [sim.node, controller.node], { rediscoverMs: 15_000 })) };
}

describe("A HAVi node that misbehaves", () => {
  it.each([
    ["takes messages and is silent", { isSilent: true }],
    ["acknowledges and does not answer", { isMute: true }],
    ["answers what means nothing", { isGarbled: true }],
    ["sends half of each message", { isTruncated: true }],
  ] as const)(
    "from the beginning, and %s, is no device, harms no other, and is found when it behaves",
    async (_how, faults) => {
      const { clock, sim, devices, deviceOf, host } = await faulty({ ...faults });
      await clock.advance(40_000);
      expect(deviceOf(amplifier)).toBeUndefined();
      expect(
        devices
          .list()
          .map(({ kind }) => kind)
          .sort(),
      ).toEqual(["generic", "vtr"]);
      expect(devices.list().every(({ available }) => available)).toBe(true);
      expect(host.log.events("error")).toEqual([]);
      expect(host.log.events("warn").length).toBeLessThan(warnings);
      for (const name of Object.keys(faults) as (keyof HaviFaults)[]) sim.node.faults[name] = false;
      await clock.advance(30_000);
      expect(deviceOf(amplifier)).toMatchObject({ available: true });
      expect(deviceOf(whole)).toMatchObject({ available: true });
    },
  );

  it.each([
    ["silent", { isSilent: true }, "device-unavailable", false],
    ["mute", { isMute: true }, "device-unavailable", false],
    ["garbled", { isGarbled: true }, "frame-malformed", true],
    ["truncated", { isTruncated: true }, "device-unavailable", false],
  ] as const)(
    "later, and is %s, fails with a typed error, and is well again by itself",
    async (_how, faults, code, isThere) => {
      const { clock, sim, deviceOf, values, set, host } = await faulty({});
      Object.assign(sim.node.faults, faults);
      await clock.advance(30_000);
      expect([deviceOf(amplifier)?.available, deviceOf(whole)?.available]).toEqual([isThere, isThere]);
      expect(await set(amplifier, "volume", 1)).toBe(code);
      expect(await set(whole, "screenSetrange11", -1)).toBe(code);
      expect(host.log.events("error")).toEqual([]);
      expect(host.log.events("warn").length).toBeLessThan(warnings);
      for (const name of Object.keys(faults) as (keyof HaviFaults)[]) sim.node.faults[name] = false;
      await clock.advance(20_000);
      expect(deviceOf(whole)?.available).toBe(true);
      expect(await set(whole, "screenSetrange11", -11)).toBe(-11);
      expect(values(amplifier)["volume"]).toBe(49);
    },
  );

  it("throws octets of every kind at this machine: nothing comes of it but one line in the log", async () => {
    const { clock, sim, host, values } = await faulty({});
    const before = host.log.lines.length;
    for (let turn = 0; turn < 1_000; turn++) {
      const octets = Uint8Array.from({ length: (turn * 7) % 513 }, (_, place) => (turn * 31 + place * place) & 0xff);
      // Every other one with the quadlet of a whole HAVi message.
      if (turn % 2 === 0) octets.set([0x30 | (turn & 3), turn & 0xff, 0, 0].slice(0, octets.length));
      sim.node.throwAt(octets);
      if (turn % 200 === 0) await clock.advance(5);
    }
    await clock.advance(5_000);
    expect(host.log.lines.length - before).toBeLessThan(4);
    expect(host.log.events("error")).toEqual([]);
    sim.turnVolume(9);
    await clock.advance(100);
    expect(values(amplifier)["volume"]).toBe(9);
  });

  it("sends a screen whose elements are not what it said is shown without them", async () => {
    const host = fakeHost();
    const sim = createReceiver({ clock: host.clock });
    const device = sim.node.elements.get(0x100);
    if (device === undefined) throw new Error("no device");
    sim.node.elements.set(0x100, {
      ...device,
      call: (source, api, operation, parameters) =>
        api === 0x0a && operation !== 0 ? 0x80 : device.call(source, api, operation, parameters),
    });
    const { deviceOf, clock } = await haviHome(host, [sim.node]);
    await clock.advance(30_000);
    expect(deviceOf(whole)?.descriptor["gk:screen"]?.sections).toHaveLength(1);
    expect(deviceOf(whole)?.available).toBe(true);
    expect(host.log.events("warn").length).toBeLessThan(3);
    sim.screen.tell(control.volume);
    await clock.advance(100);
    expect(host.log.events("error")).toEqual([]);
  });
});
