/** The descriptors that the package ships: legal Thing Models, true to the Machine Readable Appendix, and every word can be sent and read. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "jsonschema";
import { describe, expect, it } from "vitest";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import names from "../../device-descriptors/names.json" with { type: "json" };
import type { Branch, DataSchema, Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { parseCodec } from "../../gateway-core/echonet/property-value.ts";
import { packageRoot } from "../../host/package-root.ts";

const descriptors = loadCatalogue([join(packageRoot(), "device-descriptors")]).list();
const data = join(packageRoot(), "..", "shared", "data");
const thingModelSchema = join(data, "wot", "tm-json-schema-validation.json");
const appendix = join(data, "mra-1.0.0", "mra.json");

/** Says aloud what cannot be checked here: a silent skip looks like a pass. */
function isThere(file: string): boolean {
  if (existsSync(file)) return true;
  console.warn(`SKIPPED: ${file} is not here, so what it proves is not proven`);
  return false;
}

const bindingsOf = ({ properties }: Descriptor) =>
  Object.entries(properties).map(([name, property]) => ({
    name,
    property,
    bind: property["gk:bind"]["echonet"] ?? {},
  }));

describe.each(descriptors.map((one) => [one["gk:type"], one] as const))("The descriptor %s", (_type, descriptor) => {
  it.skipIf(!isThere(thingModelSchema))("is a Thing Model to W3C's own schema", () => {
    const schema = JSON.parse(readFileSync(thingModelSchema, "utf8"));
    expect(validate(descriptor, schema).errors.map(String)).toEqual([]);
  });

  it("sends every word that a person can choose, and reads it back", () => {
    for (const { name, property, bind } of bindingsOf(descriptor)) {
      const codec = parseCodec(bind["codec"]);
      for (const value of samplesOf(property)) {
        const edt = codec.encode(value, () => 1);
        expect(
          codec.decode(edt, () => 1),
          `${name} ${JSON.stringify(value)}`,
        ).toEqual(value);
        expect(validate(value, property).valid, `${name} ${JSON.stringify(value)} to its own schema`).toBe(true);
      }
    }
  });

  it("reads every octet code of its words", () => {
    for (const { property, bind } of bindingsOf(descriptor)) {
      const codec = bind["codec"];
      const map = typeof codec === "object" && codec !== null && "map" in codec ? codec.map : {};
      for (const [raw, word] of Object.entries(map ?? {})) {
        expect(parseCodec(codec).decode(Buffer.from(raw.slice(2), "hex"), () => 1)).toEqual(word);
        expect(validate(word, property).valid).toBe(true);
      }
    }
  });

  it("says of each text of raw octets that it is one, and of nothing else", () => {
    for (const { name, property, bind } of bindingsOf(descriptor)) {
      const codec = bind["codec"];
      const isRaw = typeof codec === "object" && codec !== null && "raw" in codec;
      expect(property.contentEncoding, name).toBe(isRaw ? "base16" : undefined);
    }
  });

  it("takes its names and roles from names.json", () => {
    const common: Record<string, { name: string; role?: string }> = {
      ...names["0x0000"],
      ...Object.entries(names).find(([eojClass]) => eojClass === descriptor["gk:match"][0]?.["eojClass"])?.[1],
    };
    for (const { name, property, bind } of bindingsOf(descriptor)) {
      const known = common[String(bind["epc"])];
      if (known !== undefined) expect({ name, role: property["gk:role"] }).toEqual({ role: undefined, ...pick(known) });
    }
  });

  it.skipIf(!isThere(appendix))("holds every property of its class, as the Appendix allows it", () => {
    const wanted = appendixRules(descriptor["gk:match"][0]?.["eojClass"] ?? "");
    const held = bindingsOf(descriptor).map(({ property, bind }) => [String(bind["epc"]), property.readOnly !== true]);
    expect(Object.fromEntries(held)).toEqual(Object.fromEntries(wanted));
  });
});

/** All words, both ends of all ranges, and an example of each text. */
function samplesOf(schema: DataSchema): Json[] {
  if (schema.properties !== undefined) {
    const members = Object.entries(schema.properties).map(([name, member]) => [name, samplesOf(member)] as const);
    const first = Object.fromEntries(members.map(([name, values]) => [name, values[0] ?? null]));
    return members.flatMap(([name, values]) => values.map((value) => ({ ...first, [name]: value })));
  }
  if (schema.items !== undefined) {
    return samplesOf(schema.items).map((item) => Array(schema.minItems ?? 1).fill(item));
  }
  return (schema.oneOf ?? [schema]).flatMap((branch) => plainSamples(branch));
}

function plainSamples({ const: word, type, minimum, maximum, pattern = "" }: Branch): Json[] {
  if (word !== undefined) return [word];
  if (type !== "string") return [minimum, maximum].filter((end) => end !== undefined);
  const texts = ["00:00", "23:59", "2026-02-28", ...[1, 2, 3, 4, 12, 17].map((octets) => "a1".repeat(octets))];
  return texts.filter((text) => new RegExp(pattern).test(text));
}

function pick({ name, role }: { name: string; role?: string }) {
  return role === undefined ? { name } : { name, role };
}

interface AppendixClass {
  readonly eoj: string;
  readonly elProperties: readonly {
    readonly epc: string;
    readonly validRelease?: { readonly to: string };
    readonly accessRule: { readonly set: string };
  }[];
}

/** EPC → may be set, in the latest release; the property maps are the protocol's own. */
function appendixRules(eojClass: string): [epc: string, isSettable: boolean][] {
  const { superClass, devices }: { superClass: AppendixClass | AppendixClass[]; devices: AppendixClass[] } = JSON.parse(
    readFileSync(appendix, "utf8"),
  );
  const own = devices.filter(({ eoj }) => eoj === eojClass);
  return [superClass, own]
    .flat()
    .flatMap(({ elProperties }) => elProperties)
    .filter(({ epc, validRelease }) => !/0x9[DEF]/.test(epc) && (validRelease?.to ?? "latest") === "latest")
    .map(({ epc, accessRule }) => [epc, accessRule.set !== "notApplicable"]);
}
