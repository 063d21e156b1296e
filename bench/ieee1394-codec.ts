/** IEEE 1394: configuration ROMs read, a second of DV put together, a second of MPEG-2 likewise, and a command with its answer on a bus without latency. */

import type { Clock } from "../gateway-core/contract/clock.ts";
import { decodeConfigRom } from "../gateway-core/ieee1394/config-rom.ts";
import { createFcp } from "../gateway-core/ieee1394/fcp.ts";
import { decodeCip } from "../gateway-core/ieee1394/iec61883/cip.ts";
import { createDvFrames } from "../gateway-core/ieee1394/iec61883/dv-frames.ts";
import { createTransportPackets } from "../gateway-core/ieee1394/iec61883/transport-packets.ts";
import { createModel } from "../simulated-home/ieee1394/models.ts";
import { writeRom } from "../simulated-home/ieee1394/rom-writer.ts";
import { createSimulatedBus } from "../simulated-home/ieee1394/simulated-bus.ts";
import { interleave, quantile } from "./figures.ts";
import { printTable } from "./table.ts";

const rounds = 7;
const unit = [
  [0x12, 0x00a02d],
  [0x13, 0x010001],
  [0x17, 0x9b0100],
  [0x81, "DSR-11"],
] as const;
const rom = writeRom({
  guid: "0800460102c46a01",
  capabilities: 0x20ff_5020,
  root: [
    [0x03, 0x080046],
    [0x81, "Sony"],
    [0xd1, unit],
  ],
});

/** A second of 525 lines: 30 frames of 250 packets, each block with its id. */
const dv = Array.from({ length: 30 * 250 }, (_, index) => {
  const octets = new Uint8Array(488);
  octets.set([2, 120, 0, index % 256, 0x80, 0, 0xff, 0xff]);
  for (let block = 0; block < 6; block++) octets.set(idOf((index % 250) * 6 + block), 8 + block * 80);
  return octets;
});

function idOf(block: number): [number, number, number] {
  const [sequence, place] = [Math.floor(block / 150), block % 150];
  const within = (place - 6) % 16;
  const group = Math.floor((place - 6) / 16);
  if (place < 6)
    return [[0x1f, 0x3f, 0x3f, 0x5f, 0x5f, 0x5f][place] ?? 0, (sequence << 4) | 7, [0, 0, 1, 0, 1, 2][place] ?? 0];
  return within === 0 ? [0x7f, (sequence << 4) | 7, group] : [0x9f, (sequence << 4) | 7, group * 15 + within - 1];
}

/** 24 Mbit in source packets, five to a packet. */
const ts = Array.from({ length: 3_200 }, (_, index) => {
  const octets = new Uint8Array(8 + 5 * 192).fill(0x47);
  octets.set([2, 6, 0xc4, (index * 40) % 256, 0xa0, 0, 0, 0]);
  return octets;
});

/** Milliseconds of processor time that an action takes: what else the machine does is left out. */
function processorMs(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function secondOfDv(): void {
  const frames = createDvFrames();
  let count = 0;
  for (const octets of dv) count += frames.take(decodeCip(octets)).length;
  if (count !== 30) throw new Error(`${count} frames of 30`);
}

function copyOfDv(): void {
  const whole = new Uint8Array(dv.length * 480);
  for (const [index, octets] of dv.entries()) whole.set(octets.subarray(8), index * 480);
}

function secondOfTs(): void {
  const transport = createTransportPackets();
  let count = 0;
  for (const octets of ts) count += transport.take(decodeCip(octets)).packets.length;
  if (count !== 16_000) throw new Error(`${count} packets of 16000`);
}

const romsAtOnce = 5_000;
function readRoms(): void {
  for (let turn = 0; turn < romsAtOnce; turn++) decodeConfigRom(rom);
}

/** Nothing waits but what must: timers of no length run in the next turn. */
const clock: Clock = {
  now: () => performance.now(),
  after(delayMs, action) {
    if (delayMs > 0) {
      const timer = setTimeout(action, delayMs);
      return { cancel: () => clearTimeout(timer) };
    }
    const immediate = setImmediate(action);
    return { cancel: () => clearImmediate(immediate) };
  },
};

async function roundTrips(): Promise<number[]> {
  const bus = createSimulatedBus({ clock });
  const deck = createModel({ clock, model: "dv-deck" });
  bus.plug(deck);
  const client = bus.connect();
  const at = { nodeId: bus.nodeIdOf(deck.guid) ?? 0, generation: client.state.generation };
  const fcp = createFcp({ bus: client, clock, locate: async () => at });
  const signal = new AbortController().signal;
  const command = { code: "STATUS", subunit: { type: 4, id: 0 }, opcode: 0xd0, operands: Uint8Array.of(0x7f) } as const;
  const times: number[] = [];
  for (let turn = 0; turn < 5_000; turn++) {
    const start = performance.now();
    await fcp.ask(deck.guid, command, signal);
    if (turn >= 500) times.push(performance.now() - start);
  }
  fcp.dispose();
  return times;
}

const { roms, ingest, copy, mpeg } = await interleave(rounds, {
  roms: () => romsAtOnce / processorMs(readRoms),
  ingest: () => processorMs(secondOfDv),
  copy: () => processorMs(copyOfDv),
  mpeg: () => processorMs(secondOfTs),
});
const trips = await roundTrips();

printTable(
  "ieee1394-codec",
  `Processor time, median of ${rounds} rounds, interleaved; baseline: the same octets copied and nothing else.`,
  [
    { what: "configuration ROM of an AV device read", value: roms, unit: "k/s", goal: { atLeast: 20 } },
    {
      what: "a second of DV: share of a core",
      value: ingest / 10,
      unit: "%",
      baseline: copy / 10,
      goal: { atMost: 2 },
    },
    { what: "24 Mbit of MPEG-2: share of a core for a second", value: mpeg / 10, unit: "%", goal: { atMost: 2 } },
    { what: "AV/C command and answer, p50", value: quantile(trips) * 1_000, unit: "µs" },
    { what: "… p99", value: quantile(trips, 0.99) * 1_000, unit: "µs", goal: { atMost: 1_000 } },
  ],
);
