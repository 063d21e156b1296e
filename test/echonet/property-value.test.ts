import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { actionBindingsOf, bindingsOf } from "../../gateway-core/echonet/echonet-binding.ts";
import { parseCodec, parseEpc } from "../../gateway-core/echonet/property-value.ts";
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
const stateOrTime = { oneOf: [{ map: { "0xFFFF": "notSet" } }, "hhmm"] };
const stateOrNumber = { oneOf: [{ map: { "0x41": "auto" } }, { num: "uint8" }] };

const vectors: readonly (readonly [hex: string, codec: Json, value: Json])[] = [
  ["30", power, true],
  ["4c472d37", "text", "LG-7"],
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

describe("the grammar of codecs", () => {
  const wrong: readonly unknown[] = [
    undefined,
    null,
    "hh",
    7,
    [],
    {},
    { raw: false },
    { map: [] },
    { map: { "30": true } },
    { map: { "0x3": true } },
    { num: "uint7" },
    { num: "uint8", scale: 0 },
    { num: "uint8", scale: "1" },
    { num: "uint8", offset: "1" },
    { num: "uint8", coefficient: "0xE1" },
    { num: "uint8", coefficient: ["0x7F"] },
    { num: "uint8", special: { FD: "x" } },
    { bits: [] },
    { bits: ["x"] },
    { bits: [{ name: "a", octet: 0, mask: 0 }] },
    { bits: [{ name: "a", octet: 0, mask: "0x100" }] },
    { bits: [{ name: "", octet: 0, mask: 1 }] },
    { bits: [{ name: "a", octet: 255, mask: 1 }] },
    { bits: [{ name: "a", octet: 0, mask: 1, shift: 8 }] },
    { object: {} },
    { object: ["x"] },
    { object: [{ name: "a", length: 0, codec: "hhmm" }] },
    { object: [{ name: 1, length: 2, codec: "hhmm" }] },
    { array: "hhmm" },
    { array: { of: "hhmm" } },
    { array: { of: "hhmm", itemLength: 2, min: -1 } },
    { array: { of: "hhmm", itemLength: 2, max: 256 } },
    { array: { of: "hhmm", itemLength: 2, counted: 1 } },
    { oneOf: [] },
    { oneOf: ["hh"] },
  ];
  it.each(wrong.map((codec) => [codec]))("does not hold %j", (codec) => {
    expect(thrownBy(() => parseCodec(codec))).toMatchObject({ code: "descriptor-invalid" });
  });

  it("does not nest without end", () => {
    const deep = (depth: number): Json => (depth === 0 ? "hhmm" : { oneOf: [deep(depth - 1)] });
    expect(thrownBy(() => parseCodec(deep(8)))).toBeUndefined();
    expect(thrownBy(() => parseCodec(deep(9)))).toMatchObject({ code: "descriptor-invalid" });
  });

  it("refuses any other JSON, typed", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (codec) => {
        const thrown = thrownBy(() => parseCodec(codec));
        expect(thrown === undefined || thrown instanceof HomeError).toBe(true);
      }),
    );
  });

  it("names EPCs 0x80 to 0xFF", () => {
    expect([parseEpc("0x80"), parseEpc("0xFf")]).toEqual([0x80, 0xff]);
    for (const epc of ["0x7F", "80", "0x800", 0x80, null]) expect(() => parseEpc(epc)).toThrow(HomeError);
  });
});

describe("the descriptors of the catalogue", () => {
  const folder = new URL("../../device-descriptors/echonet/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

  it.each(files)("%s binds every property and action by a codec that can be read", (name) => {
    const descriptor: Descriptor = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    const broken: string[] = [];
    const bindings = bindingsOf(descriptor, (property) => broken.push(property));
    actionBindingsOf(descriptor, (action) => broken.push(action));
    expect(broken).toEqual([]);
    expect(bindings.size).toBe(Object.keys(descriptor.properties).length);
  });
});
