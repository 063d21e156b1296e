import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { BoxSplitter, childBoxes, findBox } from "../../gateway-core/media/boxes.ts";
import { codecsOf } from "../../gateway-core/media/codec-string.ts";
import { FragmentReader } from "../../gateway-core/media/fragments.ts";
import { JpegSplitter } from "../../gateway-core/media/jpeg-splitter.ts";

function box(type: string, payload: Uint8Array, length = 8 + payload.length): Buffer {
  const octets = Buffer.concat([Buffer.alloc(4), Buffer.from(type, "latin1"), payload]);
  octets.writeUInt32BE(length);
  return octets;
}

function* pieces(octets: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < octets.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield octets.subarray(at, at + size);
    at += size;
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
const types = ["ftyp", "moov", "moof", "mdat", "trak", "traf", "trun", "tfhd", "tfdt", "mdia", "stsd", "esds", "avcC"];
const nested = fc.letrec<{ box: Buffer; inside: Uint8Array }>((tie) => ({
  inside: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("box"), { maxLength: 3 }).map((boxes) => Buffer.concat(boxes)),
  ),
  box: fc.tuple(fc.constantFrom(...types), tie("inside")).map(([type, inside]) => box(type, inside)),
})).box;

describe("Boxes", () => {
  it("come out as they went in, wherever their pieces end", () => {
    fc.assert(
      fc.property(fc.array(nested, { maxLength: 8 }), sizes, (boxes, sizesOf) => {
        const splitter = new BoxSplitter();
        const found = [...pieces(Buffer.concat(boxes), sizesOf)].flatMap((piece) => splitter.push(piece));
        expect(found.map(({ octets }) => Buffer.from(octets))).toEqual(boxes);
      }),
      { numRuns: 100, seed: 14_496 },
    );
  });

  it.each([0, 1, 7, 0x0400_0001, 0x7fff_ffff, 0xffff_ffff])(
    "that say they have %d octets are a typed error at once",
    (length) => {
      const splitter = new BoxSplitter();
      expect(splitter.push(box("free", new Uint8Array(4)))).toHaveLength(1);
      expect(() => splitter.push(box("mdat", new Uint8Array(0), length))).toThrow(
        expect.objectContaining({ code: "frame-malformed" }),
      );
    },
  );

  it("are waited for until they are whole, in as many pieces as there may be", () => {
    const splitter = new BoxSplitter();
    const large = box("mdat", new Uint8Array(150_000).fill(3));
    const found = [...pieces(large.subarray(0, -1), [1])].flatMap((piece) => splitter.push(piece));
    expect(found).toEqual([]);
    expect(splitter.push(large.subarray(-1))[0]?.octets.length).toBe(large.length);
  });

  it("inside others that are cut short or absurd end what is read of them, and nothing else", () => {
    const half = box("trak", box("tkhd", new Uint8Array(10)).subarray(0, 12));
    expect(childBoxes(half.subarray(8))).toEqual([]);
    expect(childBoxes(Buffer.concat([half, box("free", new Uint8Array(0), 0)]))).toHaveLength(1);
    expect(findBox(Buffer.concat([half, half]), "trak", "mdia")).toBeUndefined();
  });

  it("of any kind in any order are pieces of a stream, or a typed error", () => {
    fc.assert(
      fc.property(
        fc.array(nested, { maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(600), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        sizes,
        (boxes, bends, sizesOf) => {
          const octets = Buffer.concat(boxes);
          for (const [at, octet] of bends) if (at < octets.length) octets[at] = octet;
          const reader = new FragmentReader(12.5);
          try {
            for (const piece of pieces(octets, sizesOf)) {
              for (const one of reader.push(piece)) {
                if (!("fragment" in one)) continue;
                expect(Number.isFinite(one.fragment.start) && one.fragment.duration >= 0).toBe(true);
              }
            }
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(HomeError);
          }
          expect(codecsOf(octets).every((name) => name.length > 0)).toBe(true);
        },
      ),
      { numRuns: 150, seed: 14_496 },
    );
  });
});

describe("Pictures of a run of JPEG", () => {
  it("come out whole wherever their pieces end, and what is none takes up no room", () => {
    const picture = Buffer.from([0xff, 0xd8, 1, 2, 0xff, 0x00, 3, 0xff, 0xd9]);
    const run = Buffer.concat([Buffer.from([0xff, 0xd9, 9]), picture, Buffer.from([7, 0xff]), picture]);
    fc.assert(
      fc.property(sizes, (sizesOf) => {
        const splitter = new JpegSplitter();
        const found = [...pieces(run, sizesOf)].flatMap((piece) => splitter.push(piece));
        expect(found.map((one) => Buffer.from(one))).toEqual([picture, picture]);
      }),
      { numRuns: 30, seed: 10_918 },
    );
    const endless = new JpegSplitter();
    for (let at = 0; at < 5; at++) expect(endless.push(new Uint8Array(1 << 20).fill(0xff))).toEqual([]);
    expect(endless.push(picture)).toHaveLength(1);
  });
});
