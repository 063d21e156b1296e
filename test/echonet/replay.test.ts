/** A recording replayed: as it was where the same is asked, from what was told where it is not, and nothing where nothing is known. */

import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import type { CaptureRecord } from "../../gateway-core/echonet/capture-record.ts";
import { recordedTransport } from "../../gateway-core/echonet/recording-transport.ts";
import { replayTransport } from "../../gateway-core/echonet/replay-transport.ts";
import type { Transport } from "../../gateway-core/echonet/transport.ts";
import { FakeLan, FakeNode } from "../fakes/fake-echonet-node.ts";
import { FakeClock, FakeLog } from "../fakes/fake-host.ts";
import { lampEoj, lampObject } from "./lamp-descriptor.ts";

const lamp = "192.168.1.20";
const sent = (t: number, hex: string, peer = lamp): CaptureRecord => ({ t, dir: "out", peer, octets: fromHex(hex) });
const heard = (t: number, hex: string, peer = lamp): CaptureRecord => ({ t, dir: "in", peer, octets: fromHex(hex) });

/** A replay that runs, what it tells as "ms from hex", and the clock that drives it. */
async function replayed(records: readonly CaptureRecord[]) {
  const clock = new FakeClock(0);
  const transport = await replayTransport(records, clock)(
    { interfaces: [], families: [] },
    { clock, log: new FakeLog() },
  );
  const told: string[] = [];
  const stop = transport.onDatagram(({ from, octets }) => told.push(`${clock.now()} ${from} ${toHex(octets)}`));
  const ask = (hex: string, to = lamp): void => transport.send(fromHex(hex), to);
  return { clock, transport, told, stop, ask };
}

const getPower = "1081000105ff01029001620180 00".replace(" ", "");
const withTid = (hex: string, tid: string): string => `1081${tid}${hex.slice(8)}`;
const power = (tid: string, edt: string): string => `1081${tid}02900105ff01720180 01${edt}`.replace(" ", "");

describe("A replay", () => {
  it("answers what was asked before as it was answered then: in order, in time, and to the TID of who asks now", async () => {
    const { clock, told, ask } = await replayed([
      sent(100, withTid(getPower, "0001")),
      heard(107, power("0001", "30")),
      sent(200, withTid(getPower, "0002")),
      heard(230, power("0002", "31")),
      sent(9_000, getPower, "192.168.1.99"),
    ]);
    for (const tid of ["aa01", "aa02", "aa03"]) {
      ask(withTid(getPower, tid));
      await clock.advance(50);
    }
    // The last answer stands for all that is asked later.
    expect(told).toEqual([
      `7 ${lamp} ${power("aa01", "30")}`,
      `80 ${lamp} ${power("aa02", "31")}`,
      `130 ${lamp} ${power("aa03", "31")}`,
    ]);
  });

  it("keeps what real nodes do wrong: a TID of their own, one frame for each EPC, silence", async () => {
    const getTwo = "1081000105ff010290016202800 0b000".replace(" ", "");
    const { clock, told, ask } = await replayed([
      sent(0, getTwo),
      heard(5, power("7777", "30")),
      heard(6, "1081777702900105ff017201b00132"),
      sent(100, getPower),
      sent(9_000, getTwo),
      heard(9_001, power("0001", "30")),
    ]);
    ask(withTid(getTwo, "aa01"));
    ask(withTid(getPower, "aa02"));
    await clock.advance(50);
    expect(told).toEqual([`5 ${lamp} ${power("7777", "30")}`, `6 ${lamp} 1081777702900105ff017201b00132`]);
  });

  it("answers what was asked of everyone, and sets, as they were; and nothing that is no question", async () => {
    const find = "1081000105ff010ef0016201d600";
    const list = "108100010ef00105ff017201d60401029001";
    const set = "1081000205ff01029001610180 0130".replace(" ", "");
    const done = "1081000202900105ff0171018000";
    const { clock, told, ask, transport } = await replayed([
      sent(0, "108100090ef0010ef0017301d5040105ff01", "multicast"),
      sent(1, find, "multicast"),
      heard(5, list),
      heard(6, list, "192.168.1.21"),
      sent(100, set),
      heard(104, done),
      heard(105, "1081000202900105ff015201b000"),
    ]);
    transport.multicast(fromHex(find));
    ask(set);
    ask("108100090ef0010ef0017301d5040105ff01");
    await clock.advance(50);
    expect(told).toEqual([`4 ${lamp} ${list}`, `4 ${lamp} ${done}`, `5 192.168.1.21 ${list}`]);
    await clock.advance(100);
    expect(told.at(-1)).toBe(`105 ${lamp} 1081000202900105ff015201b000`);
  });

  it("does not take a late answer to an earlier question for one to the last", async () => {
    const getLevel = "1081000205ff010290016201b000";
    const { clock, told, ask } = await replayed([
      sent(0, getPower),
      sent(10, getLevel),
      heard(20, power("0001", "30")),
      heard(30, "1081000202900105ff017201b00132"),
    ]);
    ask(getPower);
    ask(getLevel);
    await clock.advance(50);
    expect(told.map((line) => line.split(" ")[0])).toEqual(["20", "20"]);
  });

  it("answers what nobody asked before from what was told until then", async () => {
    const getAll = "1081000305ff0102900162038000b0008800";
    const { clock, told, ask } = await replayed([
      heard(40, "1081000102900105ff017301800131"),
      sent(100, getPower),
      heard(107, power("0001", "30")),
      sent(110, "1081000205ff010290016201b000"),
      heard(115, "1081000202900105ff017201b00132"),
    ]);
    await clock.advance(60);
    ask(getAll);
    await clock.advance(60);
    ask(getAll);
    ask("1081000405ff0102900162018000".replace("02900162018000", "029001620188 00".replace(" ", "")));
    ask("1081000505ff01029001610180 0130".replace(" ", ""));
    ask(getAll, "192.168.1.99");
    await clock.advance(60);
    expect(told.slice(1)).toEqual([
      `65 ${lamp} 1081000302900105ff015203800131b001328800`,
      `125 ${lamp} 1081000302900105ff015203800130b001328800`,
    ]);
    ask("1081000605ff010290016202800 0b000".replace(" ", ""));
    await clock.advance(60);
    expect(told.at(-1)).toBe(`185 ${lamp} 1081000602900105ff017202800130b00132`);
  });

  it("plays what came by itself at its time, to whoever listens, frames or not", async () => {
    const inf = "1081000102900105ff017301800130";
    const { clock, told, stop, transport } = await replayed([
      heard(10, inf),
      heard(20, "deadbeef"),
      sent(21, "00"),
      heard(30, "1081000105ff010ef00162018000"),
      heard(40, power("0009", "30")),
      heard(90, inf),
    ]);
    await clock.advance(50);
    expect(told).toEqual([
      `10 ${lamp} ${inf}`,
      `20 ${lamp} deadbeef`,
      `30 ${lamp} 1081000105ff010ef00162018000`,
      `40 ${lamp} ${power("0009", "30")}`,
    ]);
    stop();
    await clock.advance(50);
    await transport[Symbol.asyncDispose]();
    expect(told).toHaveLength(4);
  });

  it("takes what had no time to be answered for no silence, and an answer whose question is long past for one to the last", async () => {
    const asked = Array.from({ length: 70 }, (_, index) =>
      sent(index, withTid(getPower, `00${(index + 16).toString(16)}`)),
    );
    const { clock, told, ask } = await replayed([...asked, heard(80, power("0010", "30")), sent(81, getPower)]);
    ask(getPower);
    await clock.advance(200);
    expect(told).toEqual([`11 ${lamp} ${power("0010", "30")}`]);
    const empty = await replayed([]);
    empty.ask(getPower);
    await empty.clock.advance(200);
    expect(empty.told).toEqual([]);
  });
});

describe("A transport that is recorded", () => {
  it("carries everything as before, and writes each datagram down once, however many listen", async () => {
    const clock = new FakeClock();
    const lan = new FakeLan(clock);
    const node = new FakeNode(lamp, { [lampEoj]: lampObject() });
    lan.plug(node);
    const records: CaptureRecord[] = [];
    const open = recordedTransport(lan.openTransport, clock, (record) => records.push(record));
    await clock.advance(1_000);
    const transport: Transport = await open({ interfaces: [], families: [] }, { clock, log: new FakeLog() });
    const heardBy: string[] = [];
    transport.onDatagram(({ from }) => heardBy.push(`first ${from}`));
    const stop = transport.onDatagram(({ from }) => heardBy.push(`second ${from}`));
    await clock.advance(10);
    transport.send(fromHex(getPower), lamp);
    transport.multicast(fromHex("1081000205ff010ef0016201d600"));
    await clock.advance(10);
    stop();
    node.start();
    await clock.advance(10);
    expect(heardBy).toEqual([`first ${lamp}`, `second ${lamp}`, `first ${lamp}`, `second ${lamp}`, `first ${lamp}`]);
    expect(records.map(({ t, dir, peer }) => `${t} ${dir} ${peer}`)).toEqual([
      `10 out ${lamp}`,
      "10 out multicast",
      `12 in ${lamp}`,
      `12 in ${lamp}`,
      `21 in ${lamp}`,
    ]);
    expect(lan.sent.map(({ to }) => to)).toEqual([lamp, "multicast"]);
    await transport[Symbol.asyncDispose]();
    expect(lan.isOpen).toBe(false);
  });
});
