import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../gateway-core/bytes/byte-reader.ts";
import { ByteWriter } from "../../gateway-core/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

describe("hexadecimal text", () => {
  it("is lower case, two digits an octet, and read in either case", () => {
    expect(toHex(Uint8Array.of(0, 0x0f, 0xa0))).toBe("000fa0");
    expect(fromHex("000Fa0")).toEqual(Uint8Array.of(0, 0x0f, 0xa0));
  });

  it("round-trips any octets", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        expect(fromHex(toHex(octets))).toEqual(octets);
      }),
    );
  });

  it.each([
    ["0", 0],
    ["0g", 0],
    ["0x30", 0],
    [" 00", 0],
    ["0001f", 2],
    ["00010z00", 2],
  ])("refuses %j and says which octet", (text, offset) => {
    expect(() => fromHex(text)).toThrow(
      expect.objectContaining({ code: "value-invalid", details: { value: text, offset } }),
    );
  });
});

describe("a byte reader", () => {
  it("reads numbers big-endian and octets as they stand", () => {
    const reader = new ByteReader(fromHex("010203040506070809ffff"));
    expect([reader.uint(1), reader.uint(2), reader.uint(3)]).toEqual([1, 0x0203, 0x040506]);
    expect(reader.octets(3)).toEqual(Uint8Array.of(7, 8, 9));
    expect([reader.offset, reader.remaining, reader.uint(2)]).toEqual([9, 2, 0xffff]);
  });

  it("says where octets are missing", () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3));
    reader.uint(1);
    expect(() => reader.uint(3)).toThrow(expect.objectContaining({ code: "frame-malformed", details: { offset: 1 } }));
    expect(() => reader.octets(3)).toThrow(HomeError);
    expect(reader.octets(2)).toEqual(Uint8Array.of(2, 3));
  });
});

describe("a byte writer", () => {
  it("writes what a reader reads", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.uint8Array({ maxLength: 300 }), (number, octets) => {
        const reader = new ByteReader(
          new ByteWriter()
            .uint(number, 4)
            .octets(octets)
            .uint(number % 256, 1)
            .toOctets(),
        );
        expect(reader.uint(4)).toBe(number);
        expect(reader.octets(octets.length)).toEqual(octets);
        expect(reader.uint(1)).toBe(number % 256);
        expect(reader.remaining).toBe(0);
      }),
    );
  });

  it("writes negative numbers in two's complement", () => {
    expect(toHex(new ByteWriter().uint(-1, 1).uint(-2, 2).uint(-2147483648, 4).toOctets())).toBe("fffffe80000000");
  });
});
