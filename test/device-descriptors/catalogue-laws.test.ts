/** The descriptors that the package ships: legal Thing Models, true to their sources, said in both languages, in order. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "jsonschema";
import { describe, expect, it } from "vitest";
import { flawsOf } from "../../device-descriptors/check-descriptor.ts";
import { digestOf, readIndex } from "../../device-descriptors/descriptor-index.ts";
import { gapsOf } from "../../device-descriptors/gaps.ts";
import { isJsonObject, type Json } from "../../gateway-core/contract/json.ts";
import { bindingsOf, descriptorOf, folder, isThere, shipped, sources } from "./shipped.ts";

const all = shipped.map((one) => [one["gk:type"], one] as const);

describe.each(all)("The descriptor %s", (_type, descriptor) => {
  it("is in order", () => {
    expect(flawsOf(descriptor)).toEqual([]);
  });

  it.skipIf(!isThere(sources.thingModelSchema))("is a Thing Model to W3C's own schema", () => {
    const schema = JSON.parse(readFileSync(sources.thingModelSchema, "utf8"));
    expect(validate(descriptor, schema).errors.map(String)).toEqual([]);
  });

  it("is said in both languages, each in its own", () => {
    for (const [path, { en, ja }] of textsIn(descriptor as unknown as Json, "")) {
      const isCopied = en === ja && /[a-z]{4}/.test(en);
      expect(isCopied, `${path}: ${en}`).toBe(false);
      expect(en, path).not.toMatch(/[\u3040-\u9fff]/);
    }
  });

  it("calls its properties by names that fit beside a control", () => {
    for (const { name, property } of bindingsOf(descriptor)) {
      expect(property.titles.en.length, `${name}: ${property.titles.en}`).toBeLessThanOrEqual(60);
      expect(property.titles.ja.length, `${name}: ${property.titles.ja}`).toBeLessThanOrEqual(30);
    }
  });

  it("has something on its tile that every such device can tell or do", () => {
    const { tile = {}, sections = [], compact = [] } = descriptor["gk:screen"] ?? {};
    const shown = [tile.toggle, tile.value, tile.control, ...(tile.state ?? [])].filter(Boolean);
    expect(shown.length).toBeGreaterThan(0);
    for (const name of shown) expect(descriptor.properties[name ?? ""]?.["gk:category"], name).toBeUndefined();
    expect(sections.length).toBeGreaterThan(0);
    expect(compact.length).toBeGreaterThan(0);
  });

  it("says of each text of raw octets that it is one, and of nothing else", () => {
    for (const { name, property, codec } of bindingsOf(descriptor)) {
      const isRaw = isJsonObject(codec) && "raw" in codec;
      expect(property.contentEncoding, name).toBe(isRaw ? "base16" : undefined);
    }
  });
});

describe("The catalogue that is shipped", () => {
  it("holds each of the 99 classes of its sources once", () => {
    expect(new Set(all.map(([type]) => type)).size).toBe(99);
    expect(all).toHaveLength(99);
  });

  it("stands in its index, file for file and octet for octet", () => {
    const files = globSync("echonet/*.json", { cwd: folder }).map((file) => file.replaceAll("\\", "/"));
    const index = readIndex(folder);
    expect(index.map(({ file }) => file)).toEqual(files.sort());
    for (const { file, sha256, match } of index) {
      const text = readFileSync(join(folder, file), "utf8");
      expect(digestOf(text), file).toBe(sha256);
      expect(JSON.parse(text)["gk:match"], file).toEqual(match);
    }
  });

  it("leaves no more than a tenth of its properties as octets", () => {
    const properties = shipped.flatMap(bindingsOf).length;
    const raw = shipped.flatMap(gapsOf).filter(({ extent }) => extent === "whole");
    expect(properties).toBeGreaterThan(3_000);
    expect(raw.length / properties).toBeLessThanOrEqual(0.1);
  });

  it("gives what every device has the same name and role everywhere", () => {
    const common = {
      "0x80": "power",
      "0x84": "instantaneousPower",
      "0x88": "faultStatus",
      "0x81": "installationLocation",
    };
    for (const { epc, name } of shipped.flatMap(bindingsOf)) {
      for (const [known, wanted] of Object.entries(common)) if (epc === known) expect(name).toBe(wanted);
    }
  });

  it.skipIf(!isThere(sources.mra))(
    "lets be set exactly what the Appendix lets be set, and asks together for what it calls atomic",
    () => {
      const appendix: Appendix = JSON.parse(readFileSync(join(sources.mra, "mra.json"), "utf8"));
      for (const one of appendix.devices) {
        const own = new Set(one.elProperties.map(({ epc }) => epc));
        const inherited = [appendix.superClass].flat().flatMap(({ elProperties }) => elProperties);
        const wanted = [...one.elProperties, ...inherited.filter(({ epc }) => !own.has(epc))]
          .filter(({ epc, validRelease }) => !/0x9[DEF]/.test(epc) && validRelease.to === "latest")
          .map(({ epc, accessRule, atomic }) => [epc, { isSettable: accessRule.set !== "notApplicable", atomic }]);
        const held = bindingsOf(descriptorOf(`echonet:${one.eoj.slice(2).toLowerCase()}`)).map(({ property, epc }) => [
          epc,
          { isSettable: property.readOnly !== true, atomic: property["gk:bind"]["echonet"]?.["atomic"] },
        ]);
        expect(Object.fromEntries(held), one.eoj).toEqual(Object.fromEntries(wanted));
      }
    },
  );
});

interface AppendixClass {
  readonly eoj: string;
  readonly elProperties: readonly {
    readonly epc: string;
    readonly validRelease: { readonly to: string };
    readonly accessRule: { readonly set: string };
    readonly atomic?: string;
  }[];
}

interface Appendix {
  readonly superClass: AppendixClass | AppendixClass[];
  readonly devices: readonly AppendixClass[];
}

/** Every `titles` within, with where it stands. */
function textsIn(value: Json, path: string): readonly (readonly [path: string, texts: { en: string; ja: string }])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (name !== "titles" || !isJsonObject(member)) return textsIn(member, `${path}/${name}`);
    return [[path, { en: String(member["en"]), ja: String(member["ja"]) }] as const];
  });
}
