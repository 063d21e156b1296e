/** Each trap of the Machine Readable Appendix, on a sample of a few lines. */

import { describe, expect, it } from "vitest";
import { readAppendix } from "../../../device-descriptors/import/appendix.ts";
import { generateDescriptors } from "../../../device-descriptors/import/generate.ts";
import type { Overlay } from "../../../device-descriptors/import/overlay.ts";
import type { PropertyDescriptor } from "../../../gateway-core/contract/descriptor.ts";

const texts = { en: "Thing", ja: "もの" };
const readOnly = { get: "required", set: "notApplicable", inf: "optional" };
const settable = { get: "required", set: "optional", inf: "required" };

interface Sample {
  readonly epc?: string;
  readonly shortName?: string;
  readonly accessRule?: object;
  readonly validRelease?: object;
  readonly data?: object;
  readonly oneOf?: readonly object[];
}

const property = (sample: Sample) => ({
  epc: "0xE0",
  shortName: "value",
  propertyName: texts,
  accessRule: readOnly,
  validRelease: { from: "A", to: "latest" },
  ...sample,
});

const definitions = {
  percent: { type: "number", format: "uint8", unit: "%", minimum: 0, maximum: 100 },
  energy: { type: "number", format: "uint32", unit: "kWh", minimum: 0, maximum: 99_999_999 },
  tenths: { type: "number", format: "int16", unit: "Celsius", minimum: -2732, maximum: 32_766, multiple: 0.1 },
  state_On: {
    type: "state",
    size: 1,
    enum: [
      { edt: "0x30", name: "true" },
      { edt: "0x31", name: "false" },
    ],
  },
  notSet: { type: "state", size: 1, enum: [{ edt: "0xFD", name: "notSet", readOnly: true }] },
};
const on = property({ epc: "0x80", shortName: "operationStatus", accessRule: settable, data: ref("state_On") });

function ref(name: string, siblings: object = {}): object {
  return { $ref: `#/definitions/${name}`, ...siblings };
}

/** The descriptor's properties of one class with these, above a super class that has a switch. */
function made(samples: readonly Sample[], overlay?: Overlay): { readonly [name: string]: PropertyDescriptor } {
  const superClass = { eoj: "0x0000", className: texts, elProperties: [on] };
  const device = { eoj: "0x0011", className: texts, elProperties: samples.map(property) };
  const classes = readAppendix([{ definitions, superClass, devices: [device] }]);
  const [descriptor] = generateDescriptors([classes], new Map(overlay === undefined ? [] : [["0x0011", overlay]]));
  return descriptor?.properties ?? {};
}

const codecOf = (one: PropertyDescriptor | undefined) => one?.["gk:bind"]["echonet"]?.["codec"];

describe("The appendix is read so that", () => {
  it("a range counts raw codes, before its multiple", () => {
    const { value } = made([{ data: ref("tenths"), accessRule: settable }]);
    expect(value).toMatchObject({ minimum: -273.2, maximum: 3276.6, multipleOf: 0.1, unit: "om2:degree_Celsius" });
    expect(codecOf(value)).toEqual({ num: "int16", scale: 0.1 });
  });

  it("a state beside a number is tried first", () => {
    const { value } = made([{ data: { oneOf: [ref("percent"), ref("notSet")] }, accessRule: settable }]);
    expect(codecOf(value)).toEqual({ num: "uint8", special: { "0xFD": "notSet" } });
    expect(value?.oneOf?.map((branch) => branch.const ?? branch.type)).toEqual(["number", "notSet"]);
  });

  it("of the same EPC in several releases the latest is taken, in either way of writing", () => {
    const old = { validRelease: { from: "A", to: "C" }, data: { type: "raw", minSize: 1, maxSize: 1 } };
    const latest = { validRelease: { from: "D", to: "latest" }, data: ref("percent") };
    expect(codecOf(made([old, latest])["value"])).toMatchObject({ num: "uint8" });
    expect(codecOf(made([{ oneOf: [old, latest] }])["value"])).toMatchObject({ num: "uint8" });
  });

  it("what stands beside a reference is merged over it, and several coefficients are all multiplied in", () => {
    const siblings = { coefficient: ["0xD3", "0xE1"], overflowCode: false, underflowCode: false };
    const { value } = made([
      { data: ref("energy", siblings) },
      {
        epc: "0xE1",
        shortName: "unit",
        data: { type: "numericValue", size: 1, enum: [{ edt: "0x02", numericValue: 0.01 }] },
      },
    ]);
    expect(codecOf(value)).toEqual({ num: "uint32", coefficient: ["0xD3", "0xE1"] });
    expect(value).toMatchObject({ type: "number", minimum: 0, multipleOf: 0.01 });
    expect(value).not.toHaveProperty("maximum");
  });

  it("a measured number has words for the codes at the ends of its format, where no other meaning has them", () => {
    expect(codecOf(made([{ data: ref("percent") }])["value"])).toEqual({
      num: "uint8",
      special: { "0xFF": "overflow", "0xFE": "underflow" },
    });
    expect(codecOf(made([{ data: ref("tenths") }])["value"])).toMatchObject({
      special: { "0x7FFF": "overflow", "0x8000": "underflow" },
    });
    const full = { type: "number", format: "uint8", minimum: 0, maximum: 255 };
    expect(codecOf(made([{ data: full }])["value"])).toEqual({ num: "uint8" });
    const taken = { oneOf: [ref("percent"), { type: "state", enum: [{ edt: "0xFF", name: "auto" }] }] };
    expect(codecOf(made([{ data: taken }])["value"])).toMatchObject({
      special: { "0xFF": "auto", "0xFE": "underflow" },
    });
  });

  it("a short name that was taken back is none", () => {
    expect(Object.keys(made([{ shortName: "DEL", data: ref("percent") }]))).toEqual(["operationStatus", "epcE0"]);
  });

  it("a name that stands twice is told apart by its EPC", () => {
    const names = Object.keys(made([{ data: ref("percent") }, { epc: "0xE1", data: ref("percent") }]));
    expect(names).toEqual(["operationStatus", "value", "valueE1"]);
  });

  it("states called true and false are a boolean", () => {
    expect(made([])["operationStatus"]).toMatchObject({ type: "boolean", observable: true });
    expect(codecOf(made([])["operationStatus"])).toEqual({ map: { "0x30": true, "0x31": false } });
  });

  it("a class overrides its super class, and the switch stays first", () => {
    const own = { epc: "0x80", shortName: "mains", data: ref("state_On") };
    expect(Object.keys(made([{ data: ref("percent") }, own]))).toEqual(["mains", "value"]);
  });

  it("a format that cannot hold its range is signed, and two ranges of one number are one", () => {
    const half = (minimum: number, maximum: number) => ({ type: "number", format: "uint32", minimum, maximum });
    const { value } = made([{ data: { oneOf: [half(1, 9), half(-9, -1)] }, accessRule: settable }]);
    expect(codecOf(value)).toEqual({ num: "int32" });
    expect(value).toMatchObject({ minimum: -9, maximum: 9 });
  });

  it("a flag is true when its bit is set, whatever the source calls that, and a bitmap has its full length", () => {
    const alarm = {
      type: "state",
      size: 0,
      enum: [
        { edt: "0x01", name: "false" },
        { edt: "0x00", name: "true" },
      ],
    };
    const bitmaps = [{ name: "leak", position: { index: 0, bitMask: "0b00000010" }, value: alarm }];
    const { value } = made([{ data: { type: "bitmap", size: 4, bitmaps } }]);
    expect(codecOf(value)).toEqual({ bits: [{ name: "leak", octet: 0, mask: "0x02", shift: 1 }], length: 4 });
    expect(value?.properties?.["leak"]?.oneOf?.map((branch) => branch.const)).toEqual([true, false]);
  });

  it("steps above and below an automatic setting are texts beside a number", () => {
    const level = (base: string) => ({ type: "level", base, maximum: 8 });
    const { value } = made([{ data: { oneOf: [level("0x31"), level("0xA0"), level("0xC0")] }, accessRule: settable }]);
    expect(codecOf(value)).toEqual({
      oneOf: [
        { num: "uint8", offset: -48, minimum: 0x31, maximum: 0x38 },
        { num: "uint8", offset: -159, prefix: "+", minimum: 0xa0, maximum: 0xa7 },
        { num: "uint8", offset: -191, prefix: "-", minimum: 0xc0, maximum: 0xc7 },
      ],
    });
  });

  it("reserved octets are skipped, and what has no fixed length takes the rest", () => {
    const member = (shortName: string, element: object) => ({ shortName, elementName: texts, element });
    const properties = [
      member("size", ref("percent")),
      member("RFU", { type: "raw", minSize: 2, maxSize: 2 }),
      member("id", { type: "raw", minSize: 0, maxSize: 24 }),
    ];
    const { value } = made([{ data: { type: "object", properties } }]);
    expect(codecOf(value)).toEqual({
      object: [
        { name: "size", length: 1, codec: { num: "uint8" } },
        { reserved: 2 },
        { name: "id", codec: { raw: true } },
      ],
    });
    expect(value?.required).toEqual(["size", "id"]);
  });

  it("a reference that leads nowhere, or to itself, leaves its property as octets and the class there", () => {
    expect(codecOf(made([{ data: ref("nowhere") }])["value"])).toEqual({ raw: true });
    expect(codecOf(made([{ data: ref("state-On") }])["value"])).toEqual({ map: { "0x30": true, "0x31": false } });
    const loop = {
      definitions: { a: ref("a") },
      eoj: "0x0012",
      className: texts,
      elProperties: [property({ data: ref("a") })],
    };
    expect(readAppendix([loop])[0]?.properties[0]?.data.kind).toBe("raw");
  });

  it("a property that can only be set is write-only", () => {
    const reset = { accessRule: { get: "notApplicable", set: "optional", inf: "optional" }, data: ref("state_On") };
    expect(made([reset])["value"]).toMatchObject({ writeOnly: true });
  });

  it("what holds no class is refused", () => {
    expect(() => readAppendix([{}, 7])).toThrow("no device class");
    const lone = [{ eojClass: "0x0011", titles: texts, properties: [] }];
    expect(() => generateDescriptors([lone], new Map())).toThrow("super class");
  });
});

describe("An overlay", () => {
  it("gives names, titles, words and what else people see", () => {
    const { mode } = made(
      [
        {
          data: {
            type: "state",
            enum: [
              { edt: "0x41", name: "cooling" },
              { edt: "0x42", name: "x" },
            ],
          },
        },
      ],
      {
        properties: {
          "0xE0": {
            name: "mode",
            role: "mode",
            titles: { en: "Mode", ja: "モード" },
            category: "config",
            words: {
              x: { en: "Other", ja: "その他", readOnly: true },
              cooling: { as: "cool", en: "Cooling", ja: "冷房" },
            },
          },
        },
      },
    );
    expect(mode).toMatchObject({ titles: { en: "Mode", ja: "モード" }, "gk:role": "mode", "gk:category": "config" });
    expect(codecOf(mode)).toEqual({ map: { "0x41": "cool", "0x42": "x" } });
    expect(mode?.oneOf?.map((branch) => branch.const)).toEqual(["x", "cool"]);
  });

  it("may put other data in the place of the source's, where codes in a row mean the same", () => {
    const data = { type: "state", enum: [{ edt: "0x0E-0x10", name: "hall" }] };
    const { value } = made([{ data: { type: "raw", minSize: 1, maxSize: 1 } }], { properties: { "0xE0": { data } } });
    expect(codecOf(value)).toEqual({ map: { "0x0E": "hall", "0x0F": "hall", "0x10": "hall" } });
    expect(value?.oneOf).toHaveLength(1);
  });
});
