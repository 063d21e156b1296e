import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameCutter, isOf625 } from "../../gateway-core/bytes/frame-cutter.ts";
import { joinAll } from "../../gateway-core/bytes/join-octets.ts";
import { PacketCutter } from "../../gateway-core/bytes/packet-cutter.ts";
import { madeFrames, madePackets, noise, spread } from "../av-sources/made-stream.ts";

/** Pushes octets in pieces, over and over of these sizes. */
function inPieces(octets: Uint8Array, sizes: readonly number[], push: (piece: Uint8Array) => void): void {
  for (let at = 0, turn = 0; at < octets.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    push(octets.subarray(at, at + size));
    at += size;
  }
}

function packetsOf(cutter: PacketCutter, octets: Uint8Array, sizes = [octets.length], isCopied = false): Buffer {
  const packets: Uint8Array[] = [];
  inPieces(octets, sizes, (piece) => {
    const room = (length: number): Uint8Array => new Uint8Array(length + 9).fill(0x47).subarray(0, length);
    cutter.push(piece, (all, at) => packets.push(all.slice(at, at + 188)), isCopied ? room : undefined);
  });
  return Buffer.concat(packets);
}

function framesOf(cutter: FrameCutter, octets: Uint8Array, sizes = [octets.length]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  inPieces(octets, sizes, (piece) => frames.push(...cutter.push(piece).map((frame) => new Uint8Array(frame))));
  return frames;
}

const sizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 });

/** A stream with octets left out, put in and changed here and there. */
const damaged = (octets: Uint8Array) =>
  fc
    .array(
      fc.record({
        at: fc.integer({ min: 0, max: octets.length }),
        out: fc.integer({ min: 0, max: 400 }),
        into: fc.uint8Array({ maxLength: 400 }),
      }),
      { maxLength: 6 },
    )
    .map((cuts) => {
      const parts: Uint8Array[] = [];
      let from = 0;
      for (const { at, out, into } of cuts.toSorted((a, b) => a.at - b.at)) {
        parts.push(octets.subarray(from, Math.max(from, at)), into);
        from = Math.max(from, at + out);
      }
      return Buffer.concat([...parts, octets.subarray(from)]);
    });

describe("A cutter of packets", () => {
  const packets = madePackets({ seconds: 0.1 });

  it("waits for the beat, and counts what it threw away", () => {
    const cutter = new PacketCutter();
    expect(packetsOf(cutter, Buffer.concat([Uint8Array.of(1, 2, 3), packets.subarray(0, 188)]))).toHaveLength(0);
    // The second confirms the first; in step, each is taken as soon as it is whole.
    expect(packetsOf(cutter, packets.subarray(188, 376))).toEqual(Buffer.from(packets.subarray(0, 376)));
    expect(packetsOf(cutter, packets.subarray(376, 500))).toHaveLength(0);
    expect(packetsOf(cutter, packets.subarray(500, 564))).toHaveLength(188);
    expect(cutter.octetsLost).toBe(3);
  });

  it("hands on nothing but whole packets with their sync byte, and loses count of no octet, whatever is damaged", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(188, 192, 204).chain((stride) => {
          const octets = spread(packets, stride === 192 ? 4 : 0, stride === 204 ? 16 : 0);
          return fc.tuple(fc.constant(stride), damaged(octets));
        }),
        sizes,
        fc.boolean(),
        ([stride, octets], sizesOf, isCopied) => {
          const cutter = new PacketCutter(stride);
          const found = packetsOf(cutter, octets, sizesOf, isCopied);
          expect(found.every((octet, at) => at % 188 !== 0 || octet === 0x47)).toBe(true);
          const rest = octets.length - cutter.octetsLost - (found.length / 188) * stride;
          expect(rest).toBeGreaterThanOrEqual(0);
          expect(rest).toBeLessThanOrEqual(stride);
        },
      ),
      { numRuns: 50, seed: 61_883 },
    );
  });

  it("keeps less than a packet of endless noise", () => {
    const cutter = new PacketCutter();
    packetsOf(cutter, noise(300_000), [1_777]);
    expect(cutter.octetsLost).toBeGreaterThan(299_800);
    expect(packetsOf(cutter, Buffer.concat([packets, packets]), [5_000])).toEqual(Buffer.concat([packets, packets]));
  });
});

describe("A cutter of frames", () => {
  it("goes from 525 lines to 625 and back without losing one", () => {
    const cutter = new FrameCutter();
    const tape = Buffer.concat([madeFrames(2), madeFrames(2, true), madeFrames(1)]);
    const frames = framesOf(cutter, tape, [65_536, 1, 4_000]);
    expect(frames.map(isOf625)).toEqual([false, false, true, true, false]);
    expect(Buffer.concat(frames).equals(tape)).toBe(true);
    expect(cutter.octetsLost).toBe(0);
    // What is too short to say so counts as the older system.
    expect(isOf625(Uint8Array.of(0x1f, 0x07, 0x00))).toBe(false);
  });

  it("hands on a frame of which a bus has lost blocks, for zeroes stand in their places", () => {
    const frame = madeFrames(1);
    frame.fill(0, 12_000, 12_480);
    frame.fill(0, 36_000, 36_080);
    expect(framesOf(new FrameCutter(), frame)).toEqual([frame]);
  });

  it("never hands on a frame in which another one begins, and loses count of no octet, whatever is damaged", () => {
    const tape = Buffer.concat([madeFrames(1), madeFrames(1, true), madeFrames(1)]);
    fc.assert(
      fc.property(
        damaged(tape),
        fc.array(fc.integer({ min: 5_000, max: 200_000 }), { minLength: 1 }),
        (octets, sizesOf) => {
          const cutter = new FrameCutter();
          const frames = framesOf(cutter, octets, sizesOf);
          for (const frame of frames) {
            expect(frame.length).toBe(isOf625(frame) ? 144_000 : 120_000);
            const again = Buffer.from(frame).indexOf(Uint8Array.of(0x1f, 0x07, 0x00), 1);
            expect(again < 0 || again % 12_000 !== 0).toBe(true);
          }
          const found = frames.reduce((sum, { length }) => sum + length, 0);
          const rest = octets.length - cutter.octetsLost - found;
          expect(rest).toBeGreaterThanOrEqual(0);
          expect(rest).toBeLessThan(144_000);
        },
      ),
      { numRuns: 20, seed: 61_834 },
    );
  });

  it("keeps nothing of noise, be it made of the beginnings of headers", () => {
    const cutter = new FrameCutter();
    expect(framesOf(cutter, new Uint8Array(300_000).fill(0x1f), [10_000])).toEqual([]);
    expect(cutter.octetsLost).toBeGreaterThanOrEqual(299_997);
    const heads = new Uint8Array(300_000).map((_, at) => [0x1f, 0x07, 0x00, 0x3f][at % 4] ?? 0);
    expect(framesOf(cutter, heads, [10_000])).toEqual([]);
    expect(framesOf(cutter, Buffer.concat([noise(144_000), madeFrames(2)]))).toHaveLength(2);
  });
});

describe("Joining a list of octets", () => {
  it("goes beyond what a call has room for, and copies nothing where there is one", () => {
    const seven = Uint8Array.of(7);
    const joined = joinAll(new Array<Uint8Array>(200_000).fill(seven));
    expect([joined.length, joined.every((octet) => octet === 7)]).toEqual([200_000, true]);
    const one = Uint8Array.of(1);
    expect([joinAll([one]) === one, joinAll([]).length]).toEqual([true, 0]);
  });
});
