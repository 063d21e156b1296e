import { describe, expect, it } from "vitest";
import type { Cut } from "../../gateway-core/av-sources/cutter.ts";
import { LiveReader } from "../../gateway-core/av-sources/live-reader.ts";
import { Pacer } from "../../gateway-core/av-sources/pacer.ts";
import { StreamJudge } from "../../gateway-core/av-sources/stream-judge.ts";
import { FakeClock } from "../fakes/fake-host.ts";

describe("A stream's pace", () => {
  it("is its own clock's, once it is ahead by what it may be", () => {
    const pacer = new Pacer({ leadMs: 1_000 });
    const waits = [0, 500, 500, 500, 500].map((sinceMs) => pacer.waitMs(0, sinceMs, 1_000));
    expect(waits).toEqual([0, 0, 0, 500, 1_000]);
  });

  it("makes up for nothing that was held up: it goes on from there", () => {
    const pacer = new Pacer({ leadMs: 0 });
    expect(pacer.waitMs(0, 0, 1)).toBe(0);
    expect(pacer.waitMs(10_000, 40, 1)).toBe(0);
    expect(pacer.waitMs(10_000, 40, 1)).toBe(40);
  });

  it("may be a little faster than our clock's, as that of a tuner may be", () => {
    const pacer = new Pacer({ leadMs: 0, rate: 1.0005 });
    pacer.waitMs(0, 0, 1);
    expect(pacer.waitMs(0, 10_005, 1)).toBe(10_000);
  });

  it("is never above what any stream has, where the clock stands still", () => {
    const pacer = new Pacer({ leadMs: 0 });
    pacer.waitMs(0, 0, 25_000_000);
    expect(pacer.waitMs(0, 0, 1)).toBe(1_000);
  });
});

describe("Who reads a live source", () => {
  const clock = { now: () => 0 };
  const piece = (octets: number, isJoin = false): Cut => ({ octets: new Uint8Array(octets), sinceMs: 0, isJoin });
  async function taken(reader: LiveReader): Promise<readonly number[]> {
    reader.end();
    const sizes: number[] = [];
    for await (const { length } of reader.octets()) sizes.push(length);
    return sizes;
  }

  it("gets all of it while they keep up", async () => {
    const reader = new LiveReader(clock, 100);
    for (const size of [10, 20, 30]) reader.put(piece(size));
    expect([await taken(reader), reader.losses.told()["droppedOctets"]]).toEqual([[10, 20, 30], 0]);
  });

  it("loses what waits when there is no more room, and goes on where a decoder can begin", async () => {
    const reader = new LiveReader(clock, 100);
    for (const one of [piece(60), piece(60), piece(5), piece(7, true), piece(8)]) reader.put(one);
    expect([await taken(reader), reader.losses.told()["droppedOctets"]]).toEqual([[7, 8], 125]);
  });

  it("goes on anywhere, where a stream never says that a decoder can begin", async () => {
    const reader = new LiveReader(clock, 100);
    for (let count = 0; count < 6; count++) reader.put(piece(40));
    expect([await taken(reader), reader.losses.told()["droppedOctets"]]).toEqual([[40, 40], 160]);
  });

  it("reads what was left and is then told why it has ended; who has left is told nothing", async () => {
    const [reader, leaving] = [new LiveReader(clock, 100), new LiveReader(clock, 100)];
    for (const one of [reader, leaving]) one.put(piece(1));
    reader.end(new Error("away"));
    reader.put(piece(9));
    const octets = reader.octets();
    expect((await octets.next()).value).toHaveLength(1);
    await expect(octets.next()).rejects.toThrow("away");
    leaving.end(new Error("away"));
    leaving.leave();
    const left = leaving.octets();
    expect((await left.next()).value).toHaveLength(1);
    expect(await left.next()).toMatchObject({ done: true });
  });

  it("can say what was left out, how much and when, and how long the source was away", async () => {
    const time = new FakeClock(0);
    const reader = new LiveReader(time, 100);
    const octets = reader.octets();
    reader.put(piece(50));
    await octets.next();
    await time.advance(1_000);
    for (const one of [piece(60), piece(60), piece(5), piece(7, true)]) reader.put(one);
    await octets.next();
    await time.advance(9_000);
    reader.losses.interrupted(4_000);
    reader.losses.strayed(3);
    for (const one of [piece(95), piece(8, true)]) reader.put(one);
    expect(reader.losses.told()).toEqual({
      ...{ octets: 57, drops: 2, droppedOctets: 220, strayOctets: 3, interruptions: 1 },
      losses: [
        { at: "1970-01-01T00:00:01.000Z", place: 50, droppedOctets: 125 },
        { at: "1970-01-01T00:00:10.000Z", place: 57, droppedOctets: 95 },
      ],
      breaks: [{ at: "1970-01-01T00:00:06.000Z", place: 57, awayMs: 4_000 }],
    });
  });

  it("lists the first thousand losses, and counts them all", () => {
    const reader = new LiveReader(clock, 10);
    for (let at = 0; at < 2_500; at++) reader.put(piece(9, true));
    for (let at = 0; at < 1_001; at++) reader.losses.interrupted(1);
    const told = reader.losses.told();
    expect([told["drops"], told["droppedOctets"], told["interruptions"]]).toEqual([2_499, 2_499 * 9, 1_001]);
    expect([told["losses"], told["breaks"]]).toEqual([
      expect.objectContaining({ length: 1_000 }),
      expect.objectContaining({ length: 1_000 }),
    ]);
  });
});

describe("What is no stream any more", () => {
  const octets = 4 << 20;
  it.each([
    ["hardly any of it is packets", { octetsLost: octets, octetsUntimed: 0 }],
    ["no packet of it tells the time", { octetsLost: 0, octetsUntimed: octets }],
  ])("is known as such when %s", (_why, cutter) => {
    const judge = new StreamJudge(cutter);
    judge.judge(octets - 1);
    expect(() => judge.judge(1)).toThrow(expect.objectContaining({ details: { reason: "no-picture" } }));
  });

  it("is not a stream with a loss in it", () => {
    const judge = new StreamJudge({ octetsLost: octets / 2, octetsUntimed: 900 });
    for (let count = 0; count < 4; count++) judge.judge(octets);
  });
});
