/** A lamp on the bus, for tests: an AV/C unit of one subunit that nobody's specification knows, and the descriptor that knows it. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { createAvcUnit } from "../../simulated-home/ieee1394/avc/avc-unit.ts";
import type { AvcFaults, Opcode, Subunit } from "../../simulated-home/ieee1394/avc/subunit.ts";
import { type BusDevice, createBusDevice } from "../../simulated-home/ieee1394/bus-device.ts";
import { createRegisters } from "../../simulated-home/ieee1394/registers.ts";
import { writeRom } from "../../simulated-home/ieee1394/rom-writer.ts";

export const lampGuid = "0050c20000000001";

export const lampDescriptor: Descriptor = {
  "@context": ["https://www.w3.org/2022/wot/td/v1.1", { gk: "https://genkan.example/ns#", "@language": "en" }],
  "@type": "tm:ThingModel",
  title: "Lamp",
  titles: { en: "Lamp", ja: "ランプ" },
  version: { model: "1.0.0" },
  "gk:type": "ieee1394:avc:0d",
  "gk:kind": "light",
  "gk:match": [{ protocol: "ieee1394", commands: "avc", subunit: "0d" }],
  properties: {
    lit: {
      titles: { en: "Lit", ja: "点灯" },
      type: "boolean",
      "gk:bind": {
        avc: {
          status: "41ff",
          notify: true,
          value: { map: { "4170": true, "4160": false } },
          control: { map: { true: "4170", false: "4160" } },
        },
      },
    },
    brightness: {
      titles: { en: "Brightness", ja: "明るさ" },
      type: "integer",
      minimum: 0,
      maximum: 100,
      "gk:bind": {
        avc: {
          status: "42ff",
          value: { num: "uint8", at: 1 },
          control: { frame: "42{value}", num: "uint8" },
        },
      },
    },
    hours: {
      titles: { en: "Hours", ja: "時間" },
      type: "integer",
      minimum: 0,
      maximum: 65535,
      "gk:bind": {
        avc: { status: "43ffff", value: { num: "uint16", at: 1 }, control: { frame: "43{value}", num: "uint16" } },
      },
    },
    colour: {
      titles: { en: "Colour", ja: "色" },
      type: "integer",
      readOnly: true,
      "gk:bind": { avc: { status: "44ff", value: { num: "uint8", at: 1 } } },
    },
  },
  actions: {
    blink: { titles: { en: "Blink", ja: "点滅" }, "gk:bind": { avc: { control: ["4501", "4500"] } } },
    explode: { titles: { en: "Explode", ja: "爆発" }, "gk:bind": { avc: { control: "46" } } },
    store: { titles: { en: "Store", ja: "記録" }, "gk:bind": { avc: { control: "4501", needs: "recording" } } },
  },
};

export interface Lamp extends BusDevice {
  lit: boolean;
  brightness: number;
  readonly blinks: number[];
  /** Presses the switch at the lamp itself. */
  press(): void;
  readonly faults: AvcFaults;
}

export function createLamp(clock: Clock, { guid = lampGuid, faults = {} as AvcFaults } = {}): Lamp {
  const listeners = new Set<() => void>();
  const blinks: number[] = [];
  const state = { lit: false, brightness: 50 };
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const opcodes = new Map<number, Opcode>([
    [
      0x41,
      {
        notifies: true,
        status: () => ({ frame: Uint8Array.of(0x41, state.lit ? 0x70 : 0x60) }),
        control([power]) {
          state.lit = power === 0x70;
          changed();
          return undefined;
        },
      },
    ],
    [
      0x42,
      {
        status: () => ({ frame: Uint8Array.of(0x42, state.brightness) }),
        control([level = 0]) {
          if (level > 90) return "rejected";
          state.brightness = level;
          return undefined;
        },
      },
    ],
    [0x43, { status: () => ({ frame: Uint8Array.of(0x43, 1, 2) }) }],
    [
      0x45,
      {
        control([what = 0]) {
          blinks.push(what);
          return undefined;
        },
      },
    ],
  ]);
  const subunit: Subunit = { type: 0x0d, id: 0, opcodes, onChange: (listener) => void listeners.add(listener) };
  const rom = writeRom({
    guid,
    capabilities: 0x20ff_5020,
    root: [
      [0x03, 0x0050c2],
      [0x81, "Akari"],
      [0x17, 0x000001],
      [0x81, "L-1"],
      [
        0xd1,
        [
          [0x12, 0x00a02d],
          [0x13, 0x010001],
        ],
      ],
    ],
  });
  const registers = createRegisters({ clock, rom });
  const unit = createAvcUnit({ clock, type: 0x1c, company: 0x0050c2, subunits: [subunit], faults });
  return Object.assign(createBusDevice(guid, registers, unit), {
    blinks,
    faults,
    get lit() {
      return state.lit;
    },
    set lit(is: boolean) {
      state.lit = is;
    },
    brightness: 0,
    press() {
      state.lit = !state.lit;
      changed();
    },
  });
}
