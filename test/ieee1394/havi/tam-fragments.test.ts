import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAssembly, fragmentsOf } from "../../../gateway-core/ieee1394/havi/tam-fragments.ts";

const message = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, place) => (place < 4 ? 0 : place % 251));
const whole = (frames: readonly Uint8Array[]) => {
  const assembly = createAssembly();
  return frames.map((frame) => assembly.take(frame));
};

describe("A HAVi message on the serial bus", () => {
  it("is cut into FCP frames and put together as it was, whatever its length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 5_000 }), fc.integer({ min: 0, max: 255 }), (length, sequence) => {
        const frames = fragmentsOf(message(length), sequence);
        expect(frames.every((frame) => frame.length <= 512)).toBe(true);
        const taken = whole(frames);
        expect(taken.slice(0, -1).every((one) => one === undefined)).toBe(true);
        expect(taken.at(-1)?.subarray(4)).toEqual(message(length).subarray(4));
      }),
      { numRuns: 50 },
    );
  });

  it("says in the quadlet of each part whether it is all, the beginning, the middle or the end", () => {
    const heads = (length: number) => fragmentsOf(message(length), 9).map((frame) => frame.slice(0, 4).join());
    expect(heads(512)).toEqual(["48,9,0,0"]);
    expect(heads(1_600)).toEqual(["49,9,0,0", "50,9,0,0", "50,9,0,0", "51,9,0,0"]);
  });

  it("is lost when a part of it is, or one of another message comes between; the next one is not", () => {
    const [begin, middle, end] = fragmentsOf(message(1_500), 1);
    const [, other] = fragmentsOf(message(1_500), 2);
    if (begin === undefined || middle === undefined || end === undefined || other === undefined) throw new Error();
    expect(whole([middle, end])).toEqual([undefined, undefined]);
    expect(whole([begin, other, end])).toEqual([undefined, undefined, undefined]);
    expect(whole([begin, begin, middle, end]).at(-1)?.length).toBe(1_500);
  });

  it("is no message in a frame of another command set, of no known part, or shorter than a quadlet", () => {
    expect(whole([Uint8Array.of(0, 0, 0, 0, 1), Uint8Array.of(0x37, 0, 0, 0), Uint8Array.of(0x30)])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("longer than anybody needs is not kept", () => {
    const [begin, middle, ...rest] = fragmentsOf(message(70_000), 3);
    if (begin === undefined || middle === undefined) throw new Error();
    expect(whole([begin, middle, ...rest]).every((one) => one === undefined)).toBe(true);
  });
});
