import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { parseCodec } from "../../gateway-core/echonet/property-value.ts";
import { oneOfCodec } from "../../gateway-core/echonet/structured-codec.ts";

const none = (): undefined => undefined;
const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

const power = { map: { "0x30": true, "0x31": false } };
const target = { num: "uint8", special: { "0xFD": "undefined" } };
const room = { num: "int8", special: { "0x7E": "unmeasurable" } };
const tenth = { num: "int16", scale: 0.1 };
const offsetNumber = { num: "uint8", scale: 5, offset: -50 };
const dateTimeAndNumber = {
  object: [
    { name: "dateTime", length: 7, codec: "datetime" },
    { name: "energy", length: 4, codec: { num: "uint32" } },
  ],
};
const currents = {
  object: [
    { name: "r", length: 2, codec: tenth },
    { name: "t", length: 2, codec: { num: "int16", scale: 0.1, special: { "0x7FFE": "noData" } } },
  ],
};
const history = {
  object: [
    { name: "day", length: 2, codec: { num: "uint16" } },
    {
      name: "energy",
      length: 8,
      codec: { array: { of: { num: "uint32", special: { "0xFFFFFFFE": "noData" } }, itemLength: 4, min: 2, max: 2 } },
    },
  ],
};
const flags = {
  bits: [
    { name: "ready", octet: 0, mask: "0x01" },
    { name: "level", octet: 0, mask: "0x0E" },
    { name: "high", octet: 1, mask: 0x80, shift: 7 },
  ],
};
const alternatives = {
  oneOf: [
    { map: { "0xFFFF": "auto" } },
    { num: "uint16", offset: -40959, prefix: "+", minimum: 0xa000, maximum: 0xa03b },
    { num: "uint16", minimum: 0, maximum: 4095 },
  ],
};
const faultCode = {
  object: [
    { name: "size", length: 1, codec: { num: "uint8" } },
    { name: "code", codec: { raw: true } },
  ],
};
const release = {
  object: [{ reserved: 2 }, { name: "release", length: 1, codec: { text: "ascii", length: 1 } }, { reserved: 1 }],
};
const longFlags = { ...flags, length: 4 };
const name = { text: "utf-8" };
const code = { text: "ascii", length: 6 };
const stateOrTime = { oneOf: [{ map: { "0xFFFF": "notSet" } }, "hhmm"] };
const stateOrNumber = { oneOf: [{ map: { "0x41": "auto" } }, { num: "uint8" }] };

const vectors: readonly (readonly [hex: string, codec: Json, value: Json])[] = [
  ["30", power, true],
  ["4c472d37", { text: "ascii" }, "LG-7"],
  ["03808190", "propertyMap", ["80", "81", "90"]],
  ["02013001029001", { array: { of: { raw: true }, itemLength: 3, counted: true } }, ["013001", "029001"]],
  ["fffe", { map: { "0xFFFE": null, "0x00": 0.5 } }, null],
  ["1b", room, 27],
  ["7e", room, "unmeasurable"],
  ["f6", room, -10],
  ["fd", target, "undefined"],
  ["19", target, 25],
  ["fff6", tenth, -1],
  ["00eb", tenth, 23.5],
  ["0003", tenth, 0.3],
  ["0c", offsetNumber, 10],
  ["fffff856", { num: "int32" }, -1962],
  ["fe79a1", { num: "int24" }, -99935],
  ["ffffff", { num: "uint24" }, 16777215],
  ["07ea05140e00000000fe68", dateTimeAndNumber, { dateTime: "2026-05-20T14:00:00", energy: 65128 }],
  ["00140064", currents, { r: 2, t: 10 }],
  ["00357ffe", currents, { r: 5.3, t: "noData" }],
  ["000100000278fffffffe", history, { day: 1, energy: [632, "noData"] }],
  ["0b80", flags, { ready: true, level: 5, high: true }],
  ["0400", flags, { ready: false, level: 2, high: false }],
  ["ffff", stateOrTime, "notSet"],
  ["071e", stateOrTime, "07:30"],
  ["41", stateOrNumber, "auto"],
  ["42", stateOrNumber, 66],
  ["ff00", "hhmm", "255:00"],
  ["173b01", "hhmmss", "23:59:01"],
  ["07ea0514", "date", "2026-05-20"],
  ["07ea05140e1e", "datetime", "2026-05-20T14:30"],
  ["0f00ff", { raw: true }, "0f00ff"],
  ["ffff", alternatives, "auto"],
  ["a002", alternatives, "+3"],
  ["0fff", alternatives, 4095],
  ["02abcd", faultCode, { size: 2, code: "abcd" }],
  ["00", faultCode, { size: 0, code: "" }],
  ["00004d00", release, { release: "M" }],
  ["0b800000", longFlags, { ready: true, level: 5, high: true }],
  ["e78e84e996a2", name, "玄関"],
  ["41422d310000", code, "AB-1"],
  ["fb", { num: "int8", minimum: -10, maximum: 10 }, -5],
];

describe("the one codec of property values", () => {
  it.each(vectors)("%s by %j is %j, both ways", (hex, codec, value) => {
    expect(parseCodec(codec).decode(fromHex(hex), none)).toEqual(value);
    expect(toHex(parseCodec(codec).encode(value, none))).toBe(hex);
  });

  it("multiplies coefficients in, and divides by them to encode", () => {
    const energy = parseCodec({ num: "uint32", coefficient: ["0xD3", "0xE1"] });
    const known = new Map([
      [0xd3, 2],
      [0xe1, 0.1],
    ]);
    expect(energy.coefficients).toEqual([0xd3, 0xe1]);
    expect(energy.decode(fromHex("0000fe73"), (epc) => known.get(epc))).toBe(13027.8);
    expect(toHex(energy.encode(13027.8, (epc) => known.get(epc)))).toBe("0000fe73");
    expect(thrownBy(() => energy.decode(fromHex("00000001"), none))).toMatchObject({
      code: "value-invalid",
      details: { coefficient: "d3" },
    });
    expect(parseCodec({ array: { of: { num: "uint8", coefficient: ["0xE1"] }, itemLength: 1 } }).coefficients).toEqual([
      0xe1,
    ]);
    expect(parseCodec({ oneOf: [{ num: "uint8", coefficient: ["0xE1"] }] }).coefficients).toEqual([0xe1]);
    expect(
      parseCodec({ object: [{ name: "a", length: 1, codec: { num: "uint8", coefficient: ["0xE1"] } }] }).coefficients,
    ).toEqual([0xe1]);
  });

  const undecodable: readonly (readonly [string, Json])[] = [
    ["32", power],
    ["", power],
    ["0019", target],
    ["18", "hhmm"],
    ["073c", "hhmm"],
    ["07ea0d14", "date"],
    ["07ea05140e", "datetime"],
    ["00", currents],
    ["0000", { array: { of: power, itemLength: 3 } }],
    ["3031", { array: { of: power, itemLength: 1, max: 1 } }],
    ["30", { array: { of: power, itemLength: 1, min: 2 } }],
    ["00", flags],
    ["30", { oneOf: [{ map: { "0x41": "auto" } }, "hhmm"] }],
    ["b000", alternatives],
    ["f0", { num: "int8", minimum: -10, maximum: 10 }],
    ["", faultCode],
    ["000041", release],
    ["0b", longFlags],
    ["0b80000000", longFlags],
    ["41ff", name],
    ["410a42", code],
  ];
  it.each(undecodable)("%j is no value of %j", (hex, codec) => {
    expect(thrownBy(() => parseCodec(codec).decode(fromHex(hex), none))).toMatchObject({ code: "value-invalid" });
  });

  const unencodable: readonly (readonly [Json, Json])[] = [
    ["on", power],
    [26.5, target],
    ["warm", target],
    [null, target],
    ["24:60", "hhmm"],
    ["7:30", "hhmm"],
    [730, "hhmm"],
    ["2026-13-01", "date"],
    [{ r: 1 }, currents],
    [{ r: 1, t: 2, s: 3 }, currents],
    [[1], currents],
    [{ dateTime: "2026-05-20T14:00", energy: 1 }, dateTimeAndNumber],
    [7, { array: { of: power, itemLength: 1 } }],
    [[true], { array: { of: power, itemLength: 1, min: 2 } }],
    [[true], { array: { of: power, itemLength: 2 } }],
    [{ ready: 1, level: 5, high: true }, flags],
    [{ ready: true, level: 8, high: true }, flags],
    [{ ready: true, level: "5", high: true }, flags],
    [7, { raw: true }],
    ["0x30", { raw: true }],
    ["later", stateOrTime],
    ["3", alternatives],
    ["+x", alternatives],
    [{ release: "M", revision: 0 }, release],
    ["ABCDEFG", code],
    ["玄関", code],
    [7, name],
  ];
  it.each(unencodable)("%j cannot be encoded by %j", (value, codec) => {
    expect(thrownBy(() => parseCodec(codec).encode(value, none))).toMatchObject({ code: "value-invalid" });
  });

  it("says the range of a number that has no code", () => {
    const outOfRange = (minimum: number, maximum: number) => ({
      code: "out-of-range",
      details: expect.objectContaining({ minimum, maximum }),
    });
    expect(thrownBy(() => parseCodec(target).encode(256, none))).toMatchObject(outOfRange(0, 255));
    expect(thrownBy(() => parseCodec(target).encode(0xfd, none))).toMatchObject(outOfRange(0, 255));
    expect(thrownBy(() => parseCodec(room).encode(-129, none))).toMatchObject(outOfRange(-128, 127));
    expect(thrownBy(() => parseCodec(stateOrNumber).encode(999, none))).toMatchObject(outOfRange(0, 255));
  });

  it("reads texts that are filled up with blanks, and flags without the octets behind the last named one", () => {
    expect(parseCodec(code).decode(fromHex("412020202020"), none)).toBe("A");
    expect(parseCodec(longFlags).decode(fromHex("0b80"), none)).toEqual({ ready: true, level: 5, high: true });
  });

  it("sends the first of several codes that stand for one word", () => {
    const words = parseCodec({ num: "uint8", special: { "0xFE": "off", "0xFF": "off" } });
    expect(toHex(words.encode("off", none))).toBe("fe");
    expect(words.decode(fromHex("ff"), none)).toBe("off");
  });

  it("does not hide a mistake of its own among the branches of a oneOf", () => {
    const broken = {
      coefficients: [],
      decode: none as never,
      encode: () => {
        throw new TypeError("mistake");
      },
    };
    expect(() => oneOfCodec([broken]).encode(1, none)).toThrow(TypeError);
    expect(thrownBy(() => oneOfCodec([]).encode(1, none))).toBeInstanceOf(HomeError);
  });

  it("decodes any octets to a value that encodes again, or fails typed", () => {
    const codecs = vectors.map(([, codec]) => parseCodec(codec));
    fc.assert(
      fc.property(fc.constantFrom(...codecs), fc.uint8Array({ maxLength: 12 }), (codec, edt) => {
        let value: Json;
        try {
          value = codec.decode(edt, none);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "value-invalid" });
          return;
        }
        expect(codec.decode(codec.encode(value, none), none)).toEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it("encodes any JSON or fails typed", () => {
    const codecs = vectors.map(([, codec]) => parseCodec(codec));
    fc.assert(
      fc.property(fc.constantFrom(...codecs), fc.jsonValue(), (codec, value) => {
        const thrown = thrownBy(() => codec.encode(value as Json, none));
        expect(thrown === undefined || thrown instanceof HomeError).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
