/** The devices' own codecs: octets to values and back, literal by literal. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../gateway-core/contract/json.ts";
import { readCodec } from "../../simulated-home/described/read-codec.ts";
import { hex, octets } from "../../simulated-home/wire/octets.ts";

const codecOf = (form: Json) => readCodec(form, (epc) => (epc === 0xd3 ? 0.1 : undefined));
const pairs: readonly (readonly [Json, string, Json])[] = [
  [{ map: { "0x30": true, "0x31": false } }, "31", false],
  [{ num: "uint8" }, "ff", 255],
  [{ num: "int8" }, "80", -128],
  [{ num: "int16", scale: 0.1 }, "ff9c", -10],
  [{ num: "uint24" }, "010000", 65536],
  [{ num: "uint32", scale: 0.001 }, "ffffffff", 4294967.295],
  [{ num: "uint8", offset: -48 }, "31", 1],
  [{ num: "uint8", special: { "0xFD": "undefined" } }, "fd", "undefined"],
  [{ num: "uint16", coefficient: ["0xD3"] }, "0064", 10],
  [{ num: "uint8", prefix: "+", offset: -48, minimum: 49, maximum: 51 }, "33", "+3"],
  ["hhmm", "171e", "23:30"],
  ["hhmm", "6400", "100:00"],
  ["hhmmss", "171e05", "23:30:05"],
  ["date", "07ea0514", "2026-05-20"],
  ["datetime", "07ea05140e00", "2026-05-20T14:00"],
  ["datetime", "07ea05140e001e", "2026-05-20T14:00:30"],
  [
    {
      bits: [
        { name: "a", octet: 0, mask: "0x02" },
        { name: "b", octet: 1, mask: "0x70" },
      ],
    },
    "0250",
    { a: true, b: 5 },
  ],
  [{ bits: [{ name: "a", octet: 0, mask: "0x02", shift: 1 }], length: 3 }, "020000", { a: true }],
  [{ array: { of: { num: "uint8" }, itemLength: 1, max: 3 } }, "010203", [1, 2, 3]],
  [{ object: [{ name: "a", length: 2, codec: { num: "uint16" } }, { reserved: 1 }] }, "000500", { a: 5 }],
  [
    {
      object: [
        { name: "a", length: 1, codec: { num: "uint8" } },
        { name: "b", codec: { text: "ascii" } },
      ],
    },
    "056869",
    { a: 5, b: "hi" },
  ],
  [{ oneOf: [{ map: { "0xFF": "none" } }, { num: "uint8" }] }, "ff", "none"],
  [{ oneOf: [{ map: { "0xFF": "none" } }, { num: "uint8" }] }, "10", 16],
  [{ text: "utf-8" }, "e99b bb".replace(" ", ""), "電"],
  [{ text: "ascii", length: 4 }, "4a505900", "JPY"],
  [{ raw: true }, "00ff", "00ff"],
];

describe("A codec of a described device", () => {
  it.each(pairs)("%j reads %s as %j and writes it so", (form, edt, value) => {
    const codec = codecOf(form);
    expect(codec?.decode(octets(edt))).toEqual(value);
    expect(hex(codec?.encode(value) ?? octets(""))).toBe(edt);
  });

  it.each<[Json, string]>([
    [{ map: { "0x30": true } }, "31"],
    [{ num: "uint8" }, "0001"],
    [{ num: "uint8", minimum: 49, maximum: 51 }, "34"],
    ["hhmm", "0160"],
    ["date", "07ea0d01"],
    ["datetime", "07ea"],
    [{ bits: [{ name: "a", octet: 0, mask: "0x02" }] }, "0202"],
    [{ array: { of: { num: "uint8" }, itemLength: 1, max: 1 } }, "0102"],
    [{ array: { of: { map: { "0x01": "a" } }, itemLength: 1 } }, "02"],
    [{ object: [{ name: "a", length: 1, codec: { map: { "0x01": "a" } } }] }, "02"],
    [{ object: [{ name: "a", length: 1, codec: { num: "uint8" } }] }, "0202"],
    [{ oneOf: [{ map: { "0xFF": "none" } }, { num: "uint8" }] }, "0001"],
    [{ text: "ascii" }, "ff"],
    [{ text: "ascii", length: 2 }, "41"],
  ])("%j has no value for %s", (form, edt) => {
    expect(codecOf(form)?.decode(octets(edt))).toBeUndefined();
  });

  it.each<[Json, Json]>([
    [{ map: { "0x30": true } }, false],
    [{ num: "uint8" }, 256],
    [{ num: "uint8" }, -1],
    [{ num: "uint8" }, 1.5],
    [{ num: "uint8" }, "1"],
    [{ num: "uint8", special: { "0xFD": "undefined" } }, 253],
    [{ num: "uint8", prefix: "+" }, 3],
    [{ num: "uint8", prefix: "+" }, "-3"],
    ["hhmm", "7:30"],
    ["hhmm", 730],
    ["date", "2026-13-01"],
    [{ bits: [{ name: "a", octet: 0, mask: "0x70" }] }, { a: 8 }],
    [{ bits: [{ name: "a", octet: 0, mask: "0x70" }] }, 8],
    [{ array: { of: { num: "uint8" }, itemLength: 1, max: 1 } }, [1, 2]],
    [{ array: { of: { num: "uint8" }, itemLength: 1 } }, [true]],
    [{ array: { of: { num: "uint8" }, itemLength: 1 } }, 1],
    [{ object: [{ name: "a", length: 1, codec: { num: "uint8" } }] }, {}],
    [{ object: [{ name: "a", length: 1, codec: { num: "uint8" } }] }, 1],
    [{ oneOf: [{ map: { "0xFF": "none" } }, { num: "uint8" }] }, "some"],
    [{ text: "ascii" }, "電"],
    [{ text: "ascii", length: 2 }, "abc"],
    [{ raw: true }, "0"],
    [{ raw: true }, 0],
  ])("%j has no octets for %j", (form, value) => {
    expect(codecOf(form)?.encode(value)).toBeUndefined();
  });

  it.each<Json>([
    "weekday",
    7,
    {},
    { num: "uint7" },
    { raw: false },
    { text: "ebcdic" },
    { object: [{ name: "a", length: 1, codec: "weekday" }] },
    { array: { of: "weekday", itemLength: 1 } },
  ])("is nothing for %j, which is none", (form) => {
    expect(codecOf(form)).toBeUndefined();
  });

  it("never throws, whatever the octets", () => {
    const forms = fc.constantFrom(...pairs.map(([form]) => form));
    fc.assert(fc.property(forms, fc.uint8Array({ maxLength: 12 }), (form, edt) => void codecOf(form)?.decode(edt)));
  });
});
