import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cut, Cutter } from "../../gateway-core/av-sources/cutter.ts";
import { TimedFrames } from "../../gateway-core/av-sources/timed-frames.ts";
import { TimedPackets } from "../../gateway-core/av-sources/timed-packets.ts";
import { madeFrames, madePackets, noise, spread } from "./made-stream.ts";

function cut(cutter: Cutter, octets: Uint8Array, sizes: readonly number[] = [octets.length]): readonly Cut[] {
  const cuts: Cut[] = [];
  for (let at = 0, turn = 0; at < octets.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    cuts.push(...cutter.push(octets.subarray(at, at + size)));
    at += size;
  }
  return cuts;
}

const octetsOf = (cuts: readonly Cut[]): Buffer => Buffer.concat(cuts.map(({ octets }) => octets));
const lastsMs = (cuts: readonly Cut[]): number => Math.round(cuts.reduce((sum, { sinceMs }) => sum + sinceMs, 0));

describe("A transport stream", () => {
  const packets = madePackets({ seconds: 1 });

  it("is cut into whole packets wherever its pieces end, whatever lies between its packets", () => {
    const forms = [
      { stride: 188, octets: packets },
      { stride: 192, octets: spread(packets, 4, 0).subarray(4) },
      { stride: 204, octets: spread(packets, 0, 16) },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...forms),
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }),
        (form, sizes) => {
          const cuts = cut(new TimedPackets(form.stride), form.octets, sizes);
          expect(octetsOf(cuts).equals(packets.subarray(0, octetsOf(cuts).length))).toBe(true);
          // Without the time stamp of the packet after it, the last is still awaited.
          expect(octetsOf(cuts).length).toBeGreaterThanOrEqual(packets.length - 188);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("tells its own time, and where a decoder may begin", () => {
    const cuts = cut(new TimedPackets(188), packets);
    expect(lastsMs(cuts)).toBe(960);
    expect(cuts.map(({ sinceMs }) => sinceMs)).toEqual([0, ...Array.from({ length: 24 }, () => 40)]);
    expect(cuts.flatMap(({ isJoin }, at) => (isJoin ? [at] : []))).toEqual([0, 12, 24]);
  });

  it("goes on in time where its clock breaks, turns over, or another's takes its place", () => {
    const turning = madePackets({ seconds: 1, fromMs: 2 ** 33 / 90 - 500 });
    expect(lastsMs(cut(new TimedPackets(188), turning))).toBe(960);
    const broken = [packets, madePackets({ seconds: 1, fromMs: 5_000_000 }), packets];
    expect(lastsMs(cut(new TimedPackets(188), Buffer.concat(broken)))).toBe(3 * 960);
    const other = madePackets({ seconds: 10, pid: 0x200 });
    // A hundred references of another programme are passed over, four seconds of them; from then on it is that one's time.
    expect(lastsMs(cut(new TimedPackets(188), Buffer.concat([packets, other])))).toBe(960 + 10_000 - 40 - 4_000);
    expect(cut(new TimedPackets(188), packets).length).toBe(25);
  });

  it("is found again after noise, which is counted and handed to nobody", () => {
    const cutter = new TimedPackets(188);
    const cuts = cut(cutter, Buffer.concat([packets, noise(50_000), packets, noise(999)]), [1_000]);
    expect(octetsOf(cuts).equals(Buffer.concat([packets, packets]))).toBe(true);
    // The last octets of all may yet become a packet.
    expect(cutter.octetsLost).toBeGreaterThan(50_000);
    expect(cutter.octetsLost).toBeLessThanOrEqual(50_999);
  });

  it("says since when no clock was heard in it", () => {
    const cutter = new TimedPackets(188);
    cut(cutter, packets);
    const before = cutter.octetsUntimed;
    expect(before).toBeLessThan(188 * 40);
    cut(cutter, packets.subarray(188, 188 * 30));
    expect(cutter.octetsUntimed).toBe(before + 188 * 29);
  });
});

describe("A stream of DV", () => {
  it.each([
    ["525", false, 1001 / 30],
    ["625", true, 40],
  ])("of %s lines is cut into whole frames, each with its time", (_lines, isPal, ms) => {
    const frames = madeFrames(3, isPal);
    const cuts = cut(new TimedFrames(), frames, [65_536, 7, 1_001]);
    expect(octetsOf(cuts).equals(frames)).toBe(true);
    expect(cuts.map(({ sinceMs, isJoin }) => [sinceMs, isJoin])).toEqual(Array.from({ length: 3 }, () => [ms, true]));
  });

  it("loses only the frame of which a part is gone, and what is none", () => {
    const frames = madeFrames(3);
    const cutter = new TimedFrames();
    const damaged = Buffer.concat([noise(5_000), frames.subarray(0, 50_000), frames.subarray(120_000), noise(2)]);
    const cuts = cut(cutter, damaged, [10_000]);
    expect(octetsOf(cuts).equals(frames.subarray(120_000))).toBe(true);
    expect(cutter.octetsLost).toBeGreaterThanOrEqual(55_000);
    expect(cut(new TimedFrames(), noise(100_000))).toEqual([]);
  });
});
