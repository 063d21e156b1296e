/** The AV devices that a simulated bus can have: what their ROMs say, what subunits they are made of. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import { createAvcUnit } from "./avc/avc-unit.ts";
import { createPanel } from "./avc/panel.ts";
import { createAudio, createTuner, createUnknown } from "./avc/plain-subunits.ts";
import type { AvcFaults, Subunit } from "./avc/subunit.ts";
import { type Cassette, createTape, type TapePlan } from "./avc/tape.ts";
import { type BusDevice, createBusDevice } from "./bus-device.ts";
import { createRegisters } from "./registers.ts";
import { type RomFaults, spoilRom } from "./rom-faults.ts";
import { type RomEntry, writeRom } from "./rom-writer.ts";
import type { MakeFrames } from "./stream/dv-content.ts";
import { createSender } from "./stream/sender.ts";
import type { StreamFaults } from "./stream/stream-faults.ts";
import type { MakePackets } from "./stream/ts-content.ts";

export type ModelName = "dv-deck" | "camcorder" | "d-vhs-deck" | "set-top-box" | "speakers" | "mood-lamp";

export interface DevicePlan {
  readonly clock: Clock;
  readonly model: ModelName;
  /** Sixteen hexadecimal digits; the model's own unless given. */
  readonly guid?: string;
  readonly faults?: AvcFaults;
  /** Of a deck: no cassette, or one that is protected. */
  readonly cassette?: "none" | "protected";
  readonly tape?: Partial<TapePlan>;
  /** Make what is on a DV tape, and what is on one of D-VHS or on the air; FFmpeg does unless told. */
  readonly makeFrames?: MakeFrames;
  readonly makePackets?: MakePackets;
  /** What it tells of its output: four octets of fmt and fdf, or nothing. The model's own unless given. */
  readonly format?: string | "untold";
  readonly hasOutput?: boolean;
  readonly knowsPlugInfo?: boolean;
  /** Its output plug is offline. */
  readonly isOffline?: boolean;
  readonly streamFaults?: StreamFaults;
  readonly romFaults?: RomFaults;
}

interface Model {
  readonly company: number;
  readonly vendorName: string;
  readonly modelId: number;
  readonly modelName: string;
  /** Of the unit as a whole, by subunit type. */
  readonly type: number;
  readonly serial: string;
  /** Where the model's name stands: old camcorders have it in their vendor directory only. */
  readonly place: "root" | "vendor" | "unit";
  /** First value of output plug 0. */
  readonly output?: number;
  readonly format?: string;
}

/** Online, S100, worst overhead, 122 quadlets: a DV stream. MPEG of D-VHS: 146 quadlets. */
const dvOutput = 0x803f_007a;
const mpegOutput = 0x803f_0092;
/** What such a plug has less. */
const offline = 0x8000_0000;

const models: Readonly<Record<ModelName, Model>> = {
  "dv-deck": {
    ...{ company: 0x080046, vendorName: "Sony", modelId: 0x9b0100, modelName: "DSR-11", type: 4 },
    ...{ serial: "0102c46a01", place: "unit", output: dvOutput, format: "80000000" },
  },
  camcorder: {
    ...{ company: 0x008045, vendorName: "Panasonic", modelId: 0x000000, modelName: "NV-GS70", type: 7 },
    ...{ serial: "1000331702", place: "vendor", output: dvOutput, format: "80800000" },
  },
  "d-vhs-deck": {
    ...{ company: 0x008088, vendorName: "JVC", modelId: 0x030000, modelName: "HM-DH30000", type: 4 },
    ...{ serial: "1200457703", place: "root", output: mpegOutput, format: "a0000000" },
  },
  "set-top-box": {
    ...{ company: 0x000a73, vendorName: "Scientific Atlanta", modelId: 0x000be0, modelName: "SA3250HD", type: 5 },
    ...{ serial: "0400b19204", place: "root", output: mpegOutput, format: "a0000000" },
  },
  speakers: {
    ...{ company: 0x0003db, vendorName: "Harman", modelId: 0x01000a, modelName: "FireSpeakers", type: 1 },
    ...{ serial: "0000c00805", place: "root" },
  },
  "mood-lamp": {
    ...{ company: 0x0050c2, vendorName: "Akari Works", modelId: 0x000117, modelName: "あかり 17", type: 0x1c },
    ...{ serial: "fffe000106", place: "unit" },
  },
};

export function createModel(plan: DevicePlan): BusDevice {
  const { clock, faults } = plan;
  const model = models[plan.model];
  const { company, type } = model;
  const { format = model.format, knowsPlugInfo = true, hasOutput = true, isOffline = false, romFaults = {} } = plan;
  const plug = isOffline ? offline : 0;
  const output = hasOutput && model.output !== undefined ? model.output - plug : undefined;
  const guid = plan.guid ?? `${company.toString(16).padStart(6, "0")}${model.serial}`;
  const registers = createRegisters({
    clock,
    rom: spoilRom(romOf(guid, model), romFaults),
    outputs: output === undefined ? [] : [output],
    ...romFaults,
  });
  const subunits = subunitsOf(plan);
  const unit = createAvcUnit({
    ...{ clock, type, company, subunits },
    plugs: [0, output === undefined ? 0 : 1],
    ...(format === undefined || format === "untold" ? {} : { format }),
    knowsPlugInfo,
    ...(faults === undefined ? {} : { faults }),
  });
  return createBusDevice(guid, registers, unit, createSender({ ...plan, registers, subunits, unit }));
}

function romOf(guid: string, { company, vendorName, modelId, modelName, place }: Model) {
  const named: RomEntry[] = [
    [0x17, modelId],
    [0x81, modelName],
  ];
  const at = (here: Model["place"]): RomEntry[] => (here === place ? named : []);
  const unit: RomEntry[] = [[0x12, 0x00a02d], [0x13, 0x010001], ...at("unit")];
  const vendor: RomEntry[] = place === "vendor" ? [[0xc3, named]] : [];
  const root: RomEntry[] = [
    [0x03, company],
    [0x81, vendorName],
    [0x0c, 0x0083c0],
    ...at("root"),
    ...vendor,
    [0xd1, unit],
  ];
  return writeRom({ guid, capabilities: 0x20ff_5000 | (2 << 4), root });
}

function subunitsOf({ clock, model, cassette: state, tape = {} }: DevicePlan): Subunit[] {
  const cassette = (type: number, grade: number): Cassette | undefined =>
    state === "none" ? undefined : { type, grade: grade + (state === "protected" ? 1 : 0) };
  switch (model) {
    case "dv-deck":
      return [
        createTape({
          ...{ clock, framesPerSecond: 30, signalMode: 0x00, startSeconds: 83, notifies: false },
          cassette: cassette(0x31, 0x30),
          ...tape,
        }),
      ];
    case "camcorder":
      return [
        createTape({
          ...{ clock, framesPerSecond: 25, signalMode: 0x80, startSeconds: 12 },
          cassette: cassette(0x32, 0x30),
          ...tape,
        }),
        { type: 7, id: 0, opcodes: new Map() },
      ];
    case "d-vhs-deck":
      return [
        createTape({ ...{ clock, framesPerSecond: 30, signalMode: 0x01 }, cassette: cassette(0x22, 0x50), ...tape }),
        createPanel(new Set([0x40, 0x44, 0x45, 0x46, 0x48, 0x49]), () => undefined),
      ];
    case "set-top-box":
      return [createTuner(), setTopPanel()];
    case "speakers":
      return [createAudio()];
    case "mood-lamp":
      return [createUnknown()];
  }
}

/** Select, arrows, menus, digits, channels, power, and TUNE. */
function setTopPanel(): Subunit {
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const keys = new Set([
    ...range(0x00, 0x04),
    ...range(0x09, 0x0d),
    ...range(0x20, 0x2c),
    ...range(0x30, 0x38),
    0x40,
    0x67,
  ]);
  return createPanel(keys, () => undefined);
}
