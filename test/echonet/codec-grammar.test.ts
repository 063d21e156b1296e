/** What descriptors may write as a codec, and what is refused. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { actionBindingsOf, bindingsOf } from "../../gateway-core/echonet/echonet-binding.ts";
import { parseCodec, parseEpc } from "../../gateway-core/echonet/property-value.ts";
import { packageRoot } from "../../host/package-root.ts";

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

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
    { num: "uint8", minimum: 0.5 },
    { num: "uint8", prefix: "" },
    {
      object: [
        { name: "a", codec: { raw: true } },
        { name: "b", length: 1, codec: { raw: true } },
      ],
    },
    { object: [{ reserved: 0 }] },
    { bits: [{ name: "a", octet: 0, mask: 1 }], length: 256 },
    { text: "latin-1" },
    { text: "ascii", length: 0 },
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
  it("bind every property and action by a codec that can be read", () => {
    const folder = join(packageRoot(), "device-descriptors", "echonet");
    const files = globSync("*.json", { cwd: folder });
    expect(files).toHaveLength(99);
    for (const file of files) {
      const descriptor: Descriptor = JSON.parse(readFileSync(join(folder, file), "utf8"));
      const broken: string[] = [];
      const bindings = bindingsOf(descriptor, (property) => broken.push(property));
      actionBindingsOf(descriptor, (action) => broken.push(action));
      expect(broken, file).toEqual([]);
      expect(bindings.size, file).toBe(Object.keys(descriptor.properties).length);
    }
  });
});
