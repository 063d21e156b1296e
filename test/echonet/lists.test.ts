import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { decodeInstanceList, encodeInstanceList, isWholeList } from "../../gateway-core/echonet/instance-list.ts";
import { decodePropertyMap, encodePropertyMap } from "../../gateway-core/echonet/property-map.ts";

const hexes = (epcs: readonly number[]): string => epcs.map((epc) => epc.toString(16)).join(" ");

describe("property maps", () => {
  it.each([
    ["0381e5ed", "81 e5 ed"],
    ["0d808283898a9d9e9fbfd3d4d6d7", "80 82 83 89 8a 9d 9e 9f bf d3 d4 d6 d7"],
    ["160d01010f090100000101090800020a03", "80 81 82 83 84 85 88 89 8a 8f 93 9d 9e 9f a0 a3 b0 b3 b4 ba bb be"],
    ["1483030101020209020301010100020202", "80 81 82 83 86 88 89 8a 8b 90 91 94 95 97 98 9d 9e 9f b6 f0"],
    ["00", ""],
  ])("%s reads as a real device means it", (hex, expected) => {
    const epcs = decodePropertyMap(fromHex(hex));
    expect(hexes(epcs)).toBe(expected);
    expect(decodePropertyMap(encodePropertyMap(epcs))).toEqual(epcs);
  });

  it("of 16 EPCs and more are a bitmap, of fewer a list", () => {
    const epcs = Array.from({ length: 16 }, (_, index) => 0x80 + index * 8);
    expect(encodePropertyMap(epcs)).toHaveLength(17);
    expect(toHex(encodePropertyMap(epcs.slice(1)))).toBe(`0f${toHex(Uint8Array.from(epcs.slice(1)))}`);
  });

  it("are believed for their content when the count disagrees", () => {
    expect(hexes(decodePropertyMap(fromHex("058081")))).toBe("80 81");
    expect(hexes(decodePropertyMap(fromHex("01808182")))).toBe("80 81 82");
    expect(hexes(decodePropertyMap(fromHex("0380810000")))).toBe("80 81");
    expect(hexes(decodePropertyMap(fromHex("0c0d01010f090100000101090800020a03")))).toMatch(/^80 81 82 83/);
    const list = "1d80818283848588898a8b8c8d8f9397989d9e9fa0a3b0b1b3babbbeccf6";
    expect(decodePropertyMap(fromHex(list))).toHaveLength(29);
  });

  it("of 16 listed EPCs under a count that says list are a list", () => {
    const epcs = Array.from({ length: 16 }, (_, index) => 0xf0 + index);
    expect(decodePropertyMap(Uint8Array.of(15, ...epcs))).toEqual(epcs);
  });

  it("round-trip any set of EPCs", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0x80, max: 0xff })), (epcs) => {
        expect(decodePropertyMap(encodePropertyMap(epcs))).toEqual(epcs.toSorted((a, b) => a - b));
      }),
    );
  });

  it("read from any octets, except from none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (edt) => {
        expect(decodePropertyMap(edt).every((epc) => epc >= 0x80 && epc <= 0xff)).toBe(true);
      }),
    );
    expect(() => decodePropertyMap(new Uint8Array(0))).toThrow(HomeError);
  });
});

describe("instance lists", () => {
  it("name the objects of a node in order", () => {
    expect(decodeInstanceList(fromHex("02013001029001"))).toEqual([0x013001, 0x029001]);
    expect(toHex(encodeInstanceList([0x05ff01]))).toBe("0105ff01");
  });

  it("are believed for their content when the count disagrees, doubles left out", () => {
    expect(decodeInstanceList(fromHex("01013001029001013001"))).toEqual([0x013001, 0x029001]);
    expect(decodeInstanceList(fromHex("05013001"))).toEqual([0x013001]);
  });

  it.each([
    ["02013001029001", true],
    ["00", true],
    ["01013001029001", false],
    ["02013001", false],
    ["", false],
    [`54${"013001".repeat(84)}`, false],
  ])("%s says of what it does not name that it is not there: %j", (hex, isWhole) => {
    expect(isWholeList(fromHex(hex))).toBe(isWhole);
  });

  it("round-trip up to 84 objects, and refuse more", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(0xffffff), { maxLength: 84 }), (eojs) => {
        expect(decodeInstanceList(encodeInstanceList(eojs))).toEqual(eojs);
      }),
    );
    expect(() => encodeInstanceList(Array.from({ length: 85 }, (_, index) => index))).toThrow(HomeError);
  });

  it.each(["", "0101", "010130"])("%j is cut short", (hex) => {
    expect(() => decodeInstanceList(fromHex(hex))).toThrow(expect.objectContaining({ code: "frame-malformed" }));
  });
});
