import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../gateway-core/bytes/byte-reader.ts";
import { ByteWriter } from "../../../gateway-core/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../gateway-core/bytes/hex.ts";
import type { Json } from "../../../gateway-core/contract/json.ts";
import ddiTypes from "../../../gateway-core/ieee1394/havi/ddi-types.json" with { type: "json" };
import { readWhole } from "../../../gateway-core/ieee1394/havi/havi-type.ts";
import { parseType } from "../../../gateway-core/ieee1394/havi/type-grammar.ts";
import types from "../../../gateway-core/ieee1394/havi/types.json" with { type: "json" };
import { thrownBy } from "../thrown-by.ts";

const place = { fields: {}, depth: 0 };
const definitions: Readonly<Record<string, unknown>> = { ...types, ...ddiTypes };

const written = (type: unknown, value: Json): string => {
  const writer = new ByteWriter();
  parseType(type).write(value, writer, place);
  return toHex(writer.toOctets());
};
const read = (type: unknown, hex: string): Json | undefined => readWhole(parseType(type), fromHex(hex), place);

/** Octets of any value of a type, made from its definition alone. */
function octetsOf(type: unknown, depth = 0): fc.Arbitrary<number[]> {
  const bytes = (count: number) => fc.array(fc.nat(255), { minLength: count, maxLength: count });
  const big = (value: number, count: number) =>
    Array.from({ length: count }, (_, index) => (value >>> (8 * (count - 1 - index))) & 255);
  const counted = (item: fc.Arbitrary<number[]>) =>
    fc.array(item, { maxLength: depth > 3 ? 0 : 2 }).map((items) => [...big(items.length, 4), ...items.flat()]);
  const fields = (list: readonly (readonly [string, unknown])[]) =>
    list.length === 0
      ? fc.constant<number[]>([])
      : fc.tuple(...list.map(([, one]) => octetsOf(one, depth + 1))).map((parts) => parts.flat());
  if (typeof type === "string") {
    const sizes: Record<string, number> = { octet: 1, ushort: 2, ulong: 4, short: 2, long: 4 };
    if (type in sizes) return bytes(sizes[type] ?? 0);
    if (type === "boolean") return fc.boolean().map((value) => [Number(value)]);
    if (type === "string") return fc.string().map((text) => [...big(Buffer.byteLength(text), 2), ...Buffer.from(text)]);
    if (type === "octets")
      return fc.array(fc.nat(255), { maxLength: 5 }).map((octets) => [...big(octets.length, 4), ...octets]);
    return octetsOf(definitions[type], depth);
  }
  const form = type as Record<string, never>;
  if (form["hex"] ?? form["codes"]) return bytes(form["hex"] ?? form["codes"] ?? 0);
  if (form["enum"]) return fc.nat((form["enum"] as string[]).length - 1).map((index) => big(index, 4));
  if (form["sequence"]) return counted(octetsOf(form["sequence"], depth + 1));
  if (form["struct"]) return fields(form["struct"]);
  if (form["chosenBy"])
    return fc.array(fc.nat(255), { maxLength: 5 }).map((octets) => [...big(octets.length, 4), ...octets]);
  const by = (typeof form["by"] === "string" ? definitions[form["by"]] : form["by"]) as { enum: string[] };
  const cases = Object.entries<readonly (readonly [string, unknown])[]>(form["cases"] ?? {})
    // A query in a query in a query …: enough is enough.
    .filter(([word]) => depth < 4 || word !== "COMPLEX")
    .map(([word, list]) => fields(list).map((octets) => [...big(by.enum.indexOf(word), 4), ...octets]));
  return fc.oneof(...cases);
}

describe("Every type of the tables", () => {
  it.each(Object.keys(definitions))("%s reads what it writes and writes what it reads", { timeout: 60_000 }, (name) => {
    fc.assert(
      fc.property(octetsOf(name), (octets) => {
        const value = readWhole(parseType(name), Uint8Array.from(octets), place);
        expect(value).toBeDefined();
        expect(written(name, value ?? null)).toBe(toHex(Uint8Array.from(octets)));
      }),
      { numRuns: name.startsWith("Ddi") || name === "OptionalAttribute" ? 60 : 20 },
    );
  });

  it("of a device's own screens has all sixteen elements and thirty-one attributes", () => {
    expect(Object.keys(ddiTypes.DdiElement.cases)).toEqual(expect.arrayContaining(ddiTypes.DdiElementType.enum));
    expect(ddiTypes.DdiElementType.enum).toHaveLength(16);
    expect(Object.keys(ddiTypes.OptionalAttribute.cases).sort()).toEqual(
      [...ddiTypes.OptionalAttribute.by.enum].sort(),
    );
    expect(ddiTypes.OptionalAttribute.by.enum).toHaveLength(31);
  });
});

describe("A type", () => {
  it.each<[string, unknown, Json]>([
    ["fffe", "short", -2],
    ["7fff", "short", 32767],
    ["80000000", "long", -2147483648],
    ["01", "boolean", true],
    ["0006e78e84e996a2", "string", "玄関"],
    ["00000002abcd", "octets", "abcd"],
    ["00008000", "SeType", "DCM"],
    ["00009999", "SeType", "00009999"],
    ["00000002", { enum: ["a", "b", "c"] }, "c"],
    ["0000000200010002", { sequence: "ushort" }, [1, 2]],
  ])("%s is %j of %j, both ways", (hex, type, value) => {
    expect(read(type, hex)).toEqual(value);
    expect(written(type, value)).toBe(hex);
  });

  it.each<[string, unknown]>([
    ["02", "boolean"],
    ["0002ffff", "string"],
    ["00000003", { enum: ["a", "b", "c"] }],
    ["ffffffff00", { sequence: "octet" }],
    ["0001ff", "ushort"],
    ["00", "ushort"],
  ])("%s is none of %j", (hex, type) => {
    expect(read(type, hex)).toBeUndefined();
  });

  it.each<[unknown, Json]>([
    ["octet", 256],
    ["octet", "1"],
    ["short", 32768],
    ["short", -32769],
    ["short", "1"],
    ["boolean", 1],
    ["string", 1],
    ["string", "x".repeat(65536)],
    ["octets", 1],
    [{ hex: 2 }, "01"],
    ["SeType", "NO_SUCH_TYPE"],
    ["SeType", 1],
    [{ enum: ["a"] }, "b"],
    [{ enum: ["a"] }, 0],
    [{ sequence: "octet" }, 1],
    [{ struct: [["a", "octet"]] }, {}],
    [{ struct: [["a", "octet"]] }, { b: 1 }],
    [{ struct: [["a", "octet"]] }, { a: 1, b: 1 }],
    [{ struct: [["a", "octet"]] }, 1],
    ["Query", 1],
    ["Query", { type: "NO_SUCH_QUERY" }],
    ["Attribute", { name: "SE_TYPE", value: 1 }],
    ["Attribute", { name: "0000ffff", value: "01" }],
  ])("%j does not write %j", (type, value) => {
    expect(thrownBy(() => written(type, value))).toMatchObject({ code: "value-invalid" });
  });

  it.each<[unknown]>([
    ["NoSuchType"],
    [1],
    [{}],
    [{ struct: "text" }],
    [{ struct: [["a"]] }],
    [{ enum: [1] }],
    [{ codes: 1 }],
  ])("is refused as a table when it is %j", (type) => {
    expect(thrownBy(() => parseType(type))).toMatchObject({ code: "descriptor-invalid" });
  });

  it("hides no fault of the program behind octets that mean nothing", () => {
    const broken = {
      read: () => {
        throw new TypeError("a fault");
      },
      write: () => undefined,
    };
    expect(thrownBy(() => readWhole(broken, new Uint8Array(0), place))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => parseType("string").read(new ByteReader(fromHex("0001ff")), place))).toMatchObject({
      code: "frame-malformed",
      details: { offset: 2 },
    });
  });
});
