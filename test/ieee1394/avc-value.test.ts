import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { parseControl, parseValue } from "../../gateway-core/ieee1394/avc-value.ts";
import { thrownBy } from "./thrown-by.ts";

const read = (
  form: Json,
  hex: string,
  code: "IMPLEMENTED/STABLE" | "REJECTED" | "IN TRANSITION" | "NOT IMPLEMENTED" = "IMPLEMENTED/STABLE",
) => parseValue(form)(code, fromHex(hex));
const write = (form: Json, value: Json = null): string[] => parseControl(form)(value).map(toHex);

describe("A value of an AV/C response", () => {
  const transport = { map: { c375: "playing", c3: "searching", c4: "winding" }, inTransition: "changing" };

  it("is the word of the longest beginning that fits", () => {
    expect(read(transport, "c375")).toBe("playing");
    expect(read(transport, "c33f")).toBe("searching");
    expect(read(transport, "c27d")).toBeUndefined();
    expect(read({ map: { "70": true, "60": false }, at: 1 }, "b260")).toBe(false);
  });

  it("is another word while a mechanism moves or refuses, where the descriptor has one", () => {
    expect(read(transport, "c375", "IN TRANSITION")).toBe("changing");
    expect(read({ map: { c375: "playing" } }, "c375", "IN TRANSITION")).toBe("playing");
    expect(read({ timeCode: 2, rejected: "none" }, "5171ffffffff", "REJECTED")).toBe("none");
    expect(read(transport, "d07f", "REJECTED")).toBeUndefined();
    expect(read(transport, "c375", "NOT IMPLEMENTED")).toBeUndefined();
  });

  it("is a time code, frames first on the wire", () => {
    expect(read({ timeCode: 2 }, "517129585901")).toBe("01:59:58:29");
    expect(read({ timeCode: 2 }, "5171ffffffff")).toBe("--:--:--:--");
    expect(read({ timeCode: 2 }, "51712958")).toBeUndefined();
    expect(read({ timeCode: 2 }, "5171aabbccdd")).toBeUndefined();
  });

  it("is a number of its place, its sign and its scale", () => {
    expect(read({ num: "uint16", at: 1 }, "430102")).toBe(258);
    expect(read({ num: "int16", at: 1, scale: 0.00390625 }, "43ff00")).toBe(-1);
    expect(read({ num: "uint8", at: 1, offset: -40 }, "4328")).toBe(0);
    expect(read({ num: "uint32", at: 1 }, "430102")).toBeUndefined();
  });

  it.each<[Json]>([
    [null],
    [{}],
    [{ map: { xyz: 1 } }],
    [{ map: { "": 1 } }],
    [{ timeCode: -1 }],
    [{ num: "float", at: 1 }],
    [{ num: "uint8", at: 512 }],
    [{ num: "uint8", at: 1, scale: 0 }],
    [{ num: "uint8", at: 1, offset: "1" }],
  ])("in the form %j is none that a descriptor may have", (form) => {
    expect(thrownBy(() => parseValue(form))).toMatchObject({ code: "descriptor-invalid" });
  });

  it("never throws, whatever is answered", () => {
    const forms: Json[] = [transport, { timeCode: 2 }, { num: "int32", at: 3 }, { map: { "01": 1 }, at: 9 }];
    const readers = forms.map(parseValue);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (octets) => {
        for (const reader of readers) reader("IMPLEMENTED/STABLE", octets);
      }),
    );
  });
});

describe("A control of AV/C", () => {
  it("without a value is its frames, one after another", () => {
    expect(write("c375")).toEqual(["c375"]);
    expect(write(["7c4400", "7cc400"])).toEqual(["7c4400", "7cc400"]);
  });

  it("of words has a frame for each", () => {
    const power = { map: { true: "b270", false: "b260" } };
    expect(write(power, true)).toEqual(["b270"]);
    expect(write(power, false)).toEqual(["b260"]);
    expect(thrownBy(() => write(power, "perhaps"))).toMatchObject({ code: "value-invalid" });
  });

  it("of numbers puts the value in its place", () => {
    expect(write({ frame: "7c6704{value}0000", num: "uint16" }, 12)).toEqual(["7c6704000c0000"]);
    expect(write({ frame: "b802{value}", num: "int16", scale: 0.00390625 }, -1)).toEqual(["b802ff00"]);
    expect(write({ frame: "42{value}", num: "uint8", offset: -40 }, 0)).toEqual(["4228"]);
    for (const value of [256, -1, "1", null]) {
      expect(thrownBy(() => write({ frame: "42{value}", num: "uint8" }, value))).toMatchObject({
        code: "value-invalid",
      });
    }
  });

  it("of time codes puts them as a tape reads them, frames first; without frames the first is meant", () => {
    const search = { frame: "5120{value}", timeCode: true };
    expect(write(search, "01:05:34:12")).toEqual(["512012340501"]);
    expect(write(search, "00:10:00")).toEqual(["512000001000"]);
    for (const value of ["1:05:34:12", "01:60:00:00", "--:--:--:--", "-00:00:01:00", "01:05:34:12 ", 5, null]) {
      expect(thrownBy(() => write(search, value))).toMatchObject({ code: "value-invalid" });
    }
  });

  it("and a value of a response are each other's inverse", () => {
    fc.assert(
      fc.property(fc.constantFrom("uint8", "int8", "uint16", "int16", "uint24", "int24"), fc.nat(), (num, number) => {
        const [, sign, bits] = /(u?)int(\d+)/.exec(num) ?? [];
        const size = 2 ** Number(bits);
        const value = (number % size) - (sign === "u" ? 0 : size / 2);
        const [frame = ""] = write({ frame: "42{value}", num }, value);
        expect(read({ num, at: 1 }, frame)).toBe(value);
      }),
    );
  });

  it.each<[Json]>([
    [""],
    ["c3 75"],
    ["C375"],
    [["c375", 1]],
    [1],
    [{}],
    [{ map: { true: "" } }],
    [{ frame: "42", num: "uint8" }],
    [{ frame: "{value}", num: "uint8" }],
    [{ frame: "42{value}{value}", num: "uint8" }],
    [{ frame: "42{value}" }],
    [{ frame: "42{value}", timeCode: 2 }],
    ["00".repeat(501)],
  ])("in the form %j is none that a descriptor may have", (form) => {
    expect(thrownBy(() => parseControl(form))).toMatchObject({ code: "descriptor-invalid" });
  });
});
