import { describe, expect, it } from "vitest";
import { tsPacketOctets } from "../../gateway-core/bytes/packet-cutter.ts";
import { sourceFormOf } from "../../gateway-core/bytes/source-form.ts";
import { JoinRing } from "../../gateway-core/media/join-ring.ts";
import {
  type Program,
  readProgramAssociation,
  SectionReader,
  writeProgramAssociation,
} from "../../gateway-core/media/program-tables.ts";
import { createSourceRing } from "../../gateway-core/media/source-ring.ts";
import { packetAt, sectionPackets } from "../../gateway-core/media/transport-stream.ts";
import { clip, ffmpeg, madeStream } from "./clips.ts";

const packetsOf = (octets: Uint8Array) =>
  Array.from({ length: octets.length / tsPacketOctets }, (_, at) => packetAt(octets, at * tsPacketOctets));

/** The programmes that the first association names. */
function tablesIn(octets: Uint8Array): readonly Program[] {
  const found = packetsOf(octets).find(({ pid, isStart }) => pid === 0 && isStart);
  if (found === undefined) return [];
  const [section] = new SectionReader().push(found.payload, true);
  return section === undefined ? [] : readProgramAssociation(section);
}

/** The tables, then the picture that a decoder may begin with, and nothing of another PID. */
function expectJoinable(ring: JoinRing): void {
  const packets = packetsOf(ring.preroll());
  const program = ring.program;
  const video = program?.streams.find(({ kind }) => kind === "video")?.pid;
  expect(packets[0]?.pid).toBe(0);
  const first = packets.find(({ pid }) => pid === video);
  expect(first?.isStart).toBe(true);
  const own = new Set([program?.clockPid, ...(program?.streams ?? []).map(({ pid }) => pid)]);
  const others = new Set(packets.map(({ pid }) => pid).filter((pid) => !own.has(pid)));
  expect(others.size).toBe(2);
}

describe.skipIf(ffmpeg === undefined)("A transport stream is joined", () => {
  it("with its tables and a whole picture, wherever one comes in, in pieces of any length", () => {
    const made = madeStream("mpegts", 3);
    for (let start = 0; start < 50; start++) {
      const ring = new JoinRing();
      const from = Math.floor((made.length / 2 / 50) * start);
      for (let at = from; at < made.length; at += 1_000 + start) ring.push(made.subarray(at, at + 1_000 + start));
      expect(ring.isReady).toBe(true);
      expectJoinable(ring);
    }
  });

  it("and goes on after garbage, damaged tables and cut packets", () => {
    const made = madeStream("mpegts", 2);
    const ring = new JoinRing();
    ring.push(new Uint8Array(5_000).fill(0x55));
    ring.push(made.subarray(100));
    expect(ring.octetsLost).toBeGreaterThan(4_000);
    expectJoinable(ring);
    expect(() => ring.push(Uint8Array.from({ length: 50_000 }, (_, at) => (at * 7_919) & 0xff))).not.toThrow();
  });

  it("as if its programme were the only one: who joins waits for no other", () => {
    const made = madeStream("mpegts", 1);
    const [programme] = tablesIn(made);
    if (programme === undefined) throw new Error("the stream has no programme");
    // Another programme is announced, of which nothing ever comes.
    const two = new Uint8Array(made);
    for (const { pid, octets } of packetsOf(two)) {
      if (pid !== 0) continue;
      const [packet = octets] = sectionPackets(0, writeProgramAssociation([{ number: 7, mapPid: 0x700 }, programme]));
      octets.set(packet.subarray(0, 3));
      octets.set(packet.subarray(4), 4);
    }
    expect(tablesIn(two)).toEqual([{ number: 7, mapPid: 0x700 }, programme]);
    const ring = new JoinRing();
    const passed = ring.push(two);
    expect(tablesIn(ring.preroll())).toEqual([programme]);
    expect(packetsOf(passed).filter(({ pid }) => pid === 0).length).toBeGreaterThan(1);
    expect(tablesIn(passed)).toEqual([programme]);
    // Each follows the one before it: none is taken for lost.
    const counted = packetsOf(passed).flatMap(({ pid, continuity }) => (pid === 0 ? [continuity] : []));
    expect(counted).toEqual(counted.map((_, at) => ((counted[0] ?? 0) + at) & 0x0f));
  });

  it("keeps no more than it was told to", () => {
    const ring = new JoinRing({ longest: 300_000, groups: 2 });
    ring.push(madeStream("mpegts", 3));
    expect(ring.preroll().length).toBeLessThan(310_000);
  });

  it("by the real ones too: a broadcast in its middle, with many PIDs", () => {
    for (const name of ["dvb-mpeg2-576i.ts", "mpeg2-small.ts"]) {
      const octets = clip(name);
      if (octets === undefined) continue;
      const ring = new JoinRing();
      ring.push(octets);
      expectJoinable(ring);
      expect(ring.program?.streams.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["video", "audio"]));
      expect(sourceFormOf(octets)).toBe("mpegts");
    }
  });
});

/** An empty frame whose sound is sampled so, in so many pairs as `pairs` says. */
function frame(sampling?: number, pairs = 0): Uint8Array {
  const octets = new Uint8Array(120_000);
  octets.set([0x1f, 0x07, 0x00]);
  if (sampling !== undefined) octets.set([0x50, 0, 0, 0xc0 | pairs, 0xc0 | sampling], (6 + 16 * 3) * 80 + 3);
  return octets;
}

describe("A DV source", () => {
  it.each([
    ["none has come yet", undefined, 0, 0],
    ["it is 48 kHz in 16 bits", 0o00, 0, 1],
    ["it is 32 kHz in 12 bits", 0o21, 0, 2],
    ["it is 32 kHz in 16 bits", 0o20, 0, 1],
    ["it says four channels", 0o00, 2, 2],
    ["it says eight channels", 0o00, 3, 4],
    ["it says what no table knows", 0o00, 9, 1],
  ])("tells how many sounds there are when %s", (_, sampling, pairs, count) => {
    const ring = createSourceRing("dv");
    ring.push(frame(sampling, pairs));
    expect(ring.audioCount).toBe(count);
  });

  it("finds its frames again after noise, and counts what was none", () => {
    const ring = createSourceRing("dv");
    const noise = Uint8Array.from({ length: 500_000 }, (_, at) => (at * 7_919) & 0xff);
    expect(ring.push(noise)).toHaveLength(0);
    expect(ring.push(frame(0))).toHaveLength(120_000);
    expect(ring.octetsLost).toBe(500_000);
  });

  it("of a camcorder has two sounds", () => {
    const real = clip("sony-dcr-trv460-ntsc.dv");
    if (real === undefined) return;
    const ring = createSourceRing("dv");
    ring.push(real);
    expect(ring.audioCount).toBe(2);
  });

  it("is begun with its last whole frame", () => {
    const real = clip("sony-dcr-trv460-ntsc.dv");
    if (real === undefined) return;
    const ring = createSourceRing("dv");
    const passed: number[] = [];
    for (let at = 0; at < real.length; at += 7_777) passed.push(ring.push(real.subarray(at, at + 7_777)).length);
    expect(passed.reduce((sum, octets) => sum + octets, 0)).toBe(600_000);
    expect([...ring.preroll()]).toEqual([...real.subarray(480_000)]);
    expect(sourceFormOf(real)).toBe("dv");
  });

  it("is begun anew when sound comes to it, or becomes another, and not when it is gone for a while", () => {
    const ring = createSourceRing("dv");
    const renewedAt = (...frames: readonly Uint8Array[]): number[] =>
      frames.flatMap((one, at) => {
        ring.push(one);
        return ring.isRenewed() ? [at] : [];
      });
    expect(renewedAt(frame(), frame(), frame(0), frame(0), frame(0), frame(0))).toEqual([4]);
    expect(renewedAt(frame(), frame(), frame(), frame(0), frame(0), frame(0))).toEqual([]);
    expect(renewedAt(frame(0x11), frame(0), frame(0x11), frame(0x11), frame(0x11))).toEqual([4]);
    // As many sounds as before, or another number of them: both are another sound.
    expect(renewedAt(frame(0x11), frame(0x11, 2), frame(0x11, 2), frame(0x11, 2))).toEqual([3]);
    const sounding = createSourceRing("dv");
    for (let at = 0; at < 5; at++) sounding.push(frame(0));
    expect(sounding.isRenewed()).toBe(false);
  });
});
