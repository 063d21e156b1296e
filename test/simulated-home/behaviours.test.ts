/** What the simulated devices do as time passes: a whole evening in a fake clock. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { airConditioner } from "../../simulated-home/behaviours/air-conditioner.ts";
import { lighting } from "../../simulated-home/behaviours/lighting.ts";
import type { SimulatedDevice } from "../../simulated-home/behaviours/simulated-device.ts";
import { thermometer } from "../../simulated-home/behaviours/thermometer.ts";
import { waterHeater } from "../../simulated-home/behaviours/water-heater.ts";
import { createRoom, type Room } from "../../simulated-home/room.ts";
import { hex, octets, unsigned } from "../../simulated-home/wire/octets.ts";
import { FakeClock } from "../fakes/fake-host.ts";

const minutes = 60_000;
let clock: FakeClock;
let life: AbortController;
let room: Room;
beforeEach(() => {
  clock = new FakeClock();
  life = new AbortController();
  room = createRoom(clock, life.signal);
});
afterEach(() => life.abort());

const value = ({ object }: SimulatedDevice, epc: number): number => unsigned(object.read(epc) ?? octets(""));
const write = ({ object }: SimulatedDevice, epc: number, edt: string): boolean => object.write(epc, octets(edt));

describe("A simulated air conditioner", () => {
  it("cools its room towards the temperature set, and the thermometer sees it", async () => {
    const [cooler, sensor] = [airConditioner(1, room), thermometer(1, room)];
    const before = value(sensor, 0xe0);
    write(cooler, 0xb3, "18");
    write(cooler, 0x80, "30");
    await clock.advance(2 * minutes);
    expect(value(sensor, 0xe0)).toBeLessThan(before);
    expect(value(cooler, 0x84)).toBeGreaterThan(400);
    await clock.advance(30 * minutes);
    expect(value(cooler, 0xbb)).toBe(24);
    expect(value(sensor, 0xe0) / 10).toBeCloseTo(24, 0);
    expect(value(cooler, 0x84)).toBeLessThan(200);
  });

  it("heats, but does not cool, in heating mode", async () => {
    const heater = airConditioner(1, room);
    for (const [epc, edt] of [
      [0xb0, "43"],
      [0xb3, "1f"],
      [0x80, "30"],
    ] as const)
      write(heater, epc, edt);
    await clock.advance(30 * minutes);
    expect(value(heater, 0xbb)).toBe(31);
    write(heater, 0xb3, "14");
    await clock.advance(5 * minutes);
    expect(room.temperature).toBeGreaterThan(30);
  });

  it("leaves the room to the weather when it is off", async () => {
    const cooler = airConditioner(1, room);
    await clock.advance(240 * minutes);
    expect(room.temperature).toBeCloseTo(29, 1);
    expect(value(cooler, 0x84)).toBe(1);
  });

  it("counts the energy that it drew", async () => {
    const cooler = airConditioner(1, room);
    const before = value(cooler, 0x85);
    write(cooler, 0x80, "30");
    await clock.advance(60 * minutes);
    expect(value(cooler, 0x85) - before).toBeGreaterThan(30);
    expect(value(cooler, 0x85) - before).toBeLessThan(800);
  });

  it("refuses what no remote control of it offers", () => {
    const cooler = airConditioner(1, room);
    expect([write(cooler, 0xb3, "0f"), write(cooler, 0xb3, "10")]).toEqual([false, true]);
    expect([write(cooler, 0xb3, "21"), write(cooler, 0xb3, "20")]).toEqual([false, true]);
    expect([write(cooler, 0xb0, "40"), write(cooler, 0xb0, "46")]).toEqual([false, false]);
    expect(write(cooler, 0xbb, "14")).toBe(false);
  });

  it("has no temperature to set as a fan, and its old one afterwards", () => {
    const cooler = airConditioner(1, room);
    write(cooler, 0xb3, "1b");
    write(cooler, 0xb0, "45");
    expect(value(cooler, 0xb3)).toBe(0xfd);
    expect(write(cooler, 0xb3, "1a")).toBe(false);
    expect(cooler.facts()).toMatchObject({ mode: "circulation", targetTemperature: "undefined" });
    cooler.object.put(0xb3, octets("1a"));
    expect(value(cooler, 0xb3)).toBe(0xfd);
    write(cooler, 0xb0, "42");
    expect(value(cooler, 0xb3)).toBe(0x1b);
  });

  it("shows on its display what it does, in both languages", () => {
    const cooler = airConditioner(1, room);
    expect(cooler.display()).toEqual({ en: "Off", ja: "停止" });
    write(cooler, 0x80, "30");
    expect(cooler.display()).toEqual({ en: "Cooling · 26 °C", ja: "冷房 · 26℃" });
    write(cooler, 0xb0, "45");
    expect(cooler.display()).toEqual({ en: "Fan", ja: "送風" });
  });
});

describe("A simulated light", () => {
  it("says what its switch says", () => {
    const lamp = lighting(1);
    expect(lamp.facts()).toEqual({ power: false, brightness: 100, colour: "daylightWhite", mode: "normal" });
    write(lamp, 0x80, "30");
    write(lamp, 0xb0, "0a");
    expect(lamp.display()).toEqual({ en: "On · 10 %", ja: "点灯 · 10%" });
    write(lamp, 0xb6, "43");
    expect(lamp.display()).toEqual({ en: "Night light", ja: "常夜灯" });
  });

  it("refuses more than 100 % and modes that it has not", () => {
    const lamp = lighting(1);
    expect([write(lamp, 0xb0, "65"), write(lamp, 0xb6, "41"), write(lamp, 0xb1, "40")]).toEqual([false, false, false]);
    expect([write(lamp, 0xb0, ""), write(lamp, 0xb0, "0101")]).toEqual([false, false]);
  });
});

describe("A simulated EcoCute", () => {
  it("waits with a full enough tank, and heats by hand until it is full", async () => {
    const heater = waterHeater(1, clock, life.signal);
    await clock.advance(minutes);
    expect([value(heater, 0xb2), value(heater, 0xe1)]).toEqual([0x42, 320]);
    expect(write(heater, 0xb0, "42")).toBe(true);
    expect(value(heater, 0xb2)).toBe(0x41);
    await clock.advance(10 * minutes);
    expect(value(heater, 0xe1)).toBe(335);
    expect(value(heater, 0x84)).toBe(1_400);
    await clock.advance(30 * minutes);
    expect([value(heater, 0xb0), value(heater, 0xb2), value(heater, 0xe1)]).toEqual([0x41, 0x42, 370]);
  });

  it("heats its tank to the temperature that is set", async () => {
    const heater = waterHeater(1, clock, life.signal);
    write(heater, 0xb3, "5a");
    heater.object.put(0xe1, octets("0010"));
    write(heater, 0xb0, "42");
    await clock.advance(20 * minutes);
    expect(value(heater, 0xc1)).toBeGreaterThan(67);
  });

  it("fills the bath at a tap, keeps it warm for four hours, and then ends by itself", async () => {
    const heater = waterHeater(1, clock, life.signal);
    write(heater, 0xe3, "41");
    expect([value(heater, 0xea), value(heater, 0xc3)]).toEqual([0x41, 0x41]);
    await clock.advance(13 * minutes);
    expect([value(heater, 0xea), value(heater, 0xc3)]).toEqual([0x43, 0x42]);
    expect(value(heater, 0xe1)).toBeLessThan(230);
    await clock.advance(241 * minutes);
    expect([value(heater, 0xe3), value(heater, 0xea)]).toEqual([0x42, 0x42]);
  });

  it("heats by itself once little is left, and stops when told to", async () => {
    const heater = waterHeater(1, clock, life.signal);
    for (let bath = 0; bath < 2; bath++) {
      write(heater, 0xe3, "41");
      await clock.advance(13 * minutes);
      write(heater, 0xe3, "42");
    }
    expect(value(heater, 0xb2)).toBe(0x41);
    expect(write(heater, 0xb0, "43")).toBe(true);
    expect(value(heater, 0xb2)).toBe(0x42);
    expect(heater.facts()).toMatchObject({ heating: "stopped", isHeating: false });
  });

  it("sounds the alarm when the hot water runs out, and lets no bath in", async () => {
    const heater = waterHeater(1, clock, life.signal);
    write(heater, 0xb0, "43");
    for (let bath = 0; bath < 4; bath++) {
      write(heater, 0xe3, "41");
      await clock.advance(13 * minutes);
      write(heater, 0xe3, "42");
    }
    expect(value(heater, 0xc2)).toBe(0x01);
    write(heater, 0xe3, "41");
    await clock.advance(minutes);
    expect([value(heater, 0xe3), value(heater, 0xea)]).toEqual([0x42, 0x42]);
  });

  it("refuses to be too hot or too cold", () => {
    const heater = waterHeater(1, clock, life.signal);
    expect([write(heater, 0xd3, "24"), write(heater, 0xd3, "31"), write(heater, 0xd3, "2a")]).toEqual([
      false,
      false,
      true,
    ]);
    expect([write(heater, 0xb3, "40"), write(heater, 0xb3, "5b")]).toEqual([false, false]);
    expect(write(heater, 0x80, "31")).toBe(false);
  });
});

describe("Every simulated device", () => {
  const all = (): SimulatedDevice[] => [
    airConditioner(1, room),
    lighting(1),
    thermometer(1, room),
    waterHeater(1, clock, life.signal),
  ];

  it("has the properties that the super class demands", () => {
    for (const { object } of all()) {
      expect(object.gettable).toEqual(expect.arrayContaining([0x80, 0x81, 0x82, 0x88, 0x8a, 0x9d, 0x9e, 0x9f]));
      const announced = hex(object.read(0x9d) ?? octets(""));
      for (const epc of ["80", "81", "88"]) expect(announced).toContain(epc);
    }
  });

  it("has buttons that work", () => {
    for (const { object, buttons } of all()) {
      for (const { epc, edt } of buttons) expect(object.put(epc, octets(edt)), `${epc} ${edt}`).toBe(true);
    }
  });

  it("stands still once its time is stopped", async () => {
    all();
    life.abort();
    await clock.advance(60 * minutes);
    expect(clock.pending).toBe(0);
  });
});
