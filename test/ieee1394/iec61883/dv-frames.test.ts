import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CipPacket } from "../../../gateway-core/ieee1394/iec61883/cip.ts";
import { createDvFrames, type DvFrame } from "../../../gateway-core/ieee1394/iec61883/dv-frames.ts";
import { readDvTimeCode } from "../../../gateway-core/ieee1394/iec61883/dv-time-code.ts";

const blockOctets = 80;
const kinds = ["header", "subcode", "vaux", "audio", "video"] as const;

/** The section and number of each of the 150 blocks of a sequence, as IEC 61834-2 draws them. */
const drawn: readonly (readonly [section: (typeof kinds)[number], number: number])[] = [
  ["header", 0],
  ["subcode", 0],
  ["subcode", 1],
  ["vaux", 0],
  ["vaux", 1],
  ["vaux", 2],
  ...Array.from({ length: 9 }, (_, audio) => [
    ["audio", audio] as const,
    ...Array.from({ length: 15 }, (_, video) => ["video", audio * 15 + video] as const),
  ]).flat(),
];

/** A frame with ids, a time code in BCD and a filling of its own. */
function frameOf(lines: 525 | 625, filling: number, timeCode?: readonly [number, number, number, number]): Uint8Array {
  const sequences = lines === 625 ? 12 : 10;
  const octets = new Uint8Array(sequences * 150 * blockOctets).fill(filling);
  for (let sequence = 0; sequence < sequences; sequence++) {
    for (const [index, [section, number]] of drawn.entries()) {
      const at = (sequence * 150 + index) * blockOctets;
      octets.set([(kinds.indexOf(section) << 5) | 0x1f, (sequence << 4) | 7, number], at);
    }
  }
  if (timeCode !== undefined) octets.set([0x13, ...timeCode], 1 * blockOctets + 3 + 3);
  return octets;
}

/** The data blocks of a stream, each with its count. */
function packetsOf(frames: readonly Uint8Array[], lines: 525 | 625): CipPacket[] {
  const whole = Buffer.concat(frames);
  return Array.from({ length: whole.length / 480 }, (_, index) => ({
    ...{ sid: 0, dbs: 120, fn: 0, qpc: 0, sph: false, dbc: index % 256, fmt: 0, fdf: lines === 625 ? 0x80 : 0 },
    syt: 0xffff,
    payload: whole.subarray(index * 480, (index + 1) * 480),
  }));
}

function assemble(packets: readonly CipPacket[]): DvFrame[] {
  const frames = createDvFrames();
  return packets.flatMap((packet) => frames.take(packet));
}

describe("Frames of DV", { timeout: 60_000 }, () => {
  it.each([525, 625] as const)("of %i lines come out as they went in, with their time codes", (lines) => {
    const frames = [frameOf(lines, 1, [0x09, 0x58, 0x59, 0x01]), frameOf(lines, 2, [0x50, 0xd9, 0xd9, 0xc1])];
    const told = assemble(packetsOf(frames, lines));
    expect(Buffer.concat(told.map(({ octets }) => octets)).equals(Buffer.concat(frames))).toBe(true);
    expect(told.map(({ timeCode }) => timeCode)).toEqual(["01:59:58:09", "01:59:59:10"]);
    expect(told).toMatchObject([
      { lines, missingBlocks: 0, lostDataBlocks: 0 },
      { lines, missingBlocks: 0, lostDataBlocks: 0 },
    ]);
  });

  it("begin where the stream first begins one", () => {
    const packets = packetsOf([frameOf(525, 1), frameOf(525, 2)], 525);
    expect(assemble(packets.slice(100)).map(({ octets }) => octets.at(-1))).toEqual([2]);
  });

  it("tell the blocks that are missing and those that were lost, and go on", () => {
    const packets = packetsOf([frameOf(525, 1), frameOf(525, 2), frameOf(525, 3)], 525);
    const told = assemble(packets.filter((_, index) => index !== 20 && index !== 21 && index !== 270));
    expect(told).toMatchObject([
      { missingBlocks: 12, lostDataBlocks: 2 },
      { missingBlocks: 6, lostDataBlocks: 1 },
      { missingBlocks: 0, lostDataBlocks: 0 },
    ]);
    expect(told[0]?.octets.subarray(20 * 480, 22 * 480)).toEqual(new Uint8Array(960));
  });

  it("are told apart even where the packet that begins one is lost", () => {
    const packets = packetsOf([frameOf(625, 1), frameOf(625, 2), frameOf(625, 3)], 625);
    const told = assemble(packets.filter((_, index) => index !== 299 && index !== 300));
    expect(told.map(({ missingBlocks }) => missingBlocks)).toEqual([6, 6, 0]);
  });

  it("take packets that come late to their places, and none twice", () => {
    const packets = packetsOf([frameOf(525, 1), frameOf(525, 2)], 525);
    const [first = [], second = []] = [packets.slice(0, 250), packets.slice(250)];
    const swapped = [...first.slice(0, 60), ...first.slice(61, 63), ...first.slice(60, 61), ...first.slice(62)];
    const told = assemble([...swapped, ...second.slice(0, 1), ...first.slice(249), ...second.slice(1)]);
    expect(told.map(({ octets, missingBlocks }) => [octets.at(-1), missingBlocks])).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  it("are not made of other formats, of empty packets or of blocks without a place", () => {
    const [packet] = packetsOf([frameOf(525, 1)], 525);
    const frames = createDvFrames();
    if (packet === undefined) throw new Error("no packet");
    expect(frames.take({ ...packet, fmt: 0x20 })).toEqual([]);
    expect(frames.take({ ...packet, dbs: 60 })).toEqual([]);
    expect(frames.take({ ...packet, dbc: 99, payload: new Uint8Array(0) })).toEqual([]);
    expect(frames.take({ ...packet, payload: new Uint8Array(480).fill(0xff) })).toEqual([]);
  });

  it("never throw, whatever comes", () => {
    const packet = fc.record({
      dbc: fc.nat(255),
      fdf: fc.nat(255),
      octets: fc.uint8Array({ minLength: 480, maxLength: 480 }),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 20 }), (packets) => {
        assemble(
          packets.map(({ octets, ...one }) => ({
            ...{ sid: 0, dbs: 120, fn: 0, qpc: 0, sph: false, fmt: 0, syt: 0 },
            ...one,
            payload: octets,
          })),
        );
      }),
      { numRuns: 200 },
    );
  });

  it("have no time code where the subcode tells none that can be", () => {
    expect(readDvTimeCode(frameOf(525, 0))).toBeUndefined();
    expect(readDvTimeCode(frameOf(525, 0, [0x3f, 0x7f, 0x7f, 0x3f]))).toBeUndefined();
  });

  const tape = fileURLToPath(new URL("../../../../shared/data/av/sony-dcr-trv460-ntsc.dv", import.meta.url));
  if (!existsSync(tape)) console.warn(`SKIPPED: a real DV recording is not at ${tape}`);

  it.skipIf(!existsSync(tape))(
    "of a real camcorder come out octet by octet, each a frame later than the one before",
    () => {
      const recording = readFileSync(tape);
      const frames = Array.from({ length: 5 }, (_, index) =>
        recording.subarray(index * 120_000, (index + 1) * 120_000),
      );
      const told = assemble(packetsOf(frames, 525));
      expect(Buffer.concat(told.map(({ octets }) => octets)).equals(recording)).toBe(true);
      const numbers = told.map(({ timeCode }) => Number(timeCode?.slice(-2)));
      expect(numbers.slice(1)).toEqual(numbers.slice(0, -1).map((number) => (number + 1) % 30));
    },
  );
});
