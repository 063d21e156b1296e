/** The checks of a descriptor: each planted mistake is found, at its place; whatever comes gives a HomeError at most. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import { flawsOf } from "../../device-descriptors/check-descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { packageRoot } from "../../host/package-root.ts";

const text = readFileSync(join(packageRoot(), "device-descriptors", "echonet", "0130.json"), "utf8");

/** The air conditioner's descriptor with one thing changed: a path of members, and what stands there then (undefined: nothing). */
function planted(path: readonly (string | number)[], value: unknown): unknown {
  const model: unknown = JSON.parse(text);
  const last = path.at(-1) ?? "";
  const holder = path.slice(0, -1).reduce<unknown>((at, member) => Reflect.get(Object(at), member), model);
  if (value === undefined) Reflect.deleteProperty(Object(holder), last);
  else Reflect.set(Object(holder), last, value);
  return model;
}

const property = (name: string, ...rest: (string | number)[]) => ["properties", name, ...rest];
const codec = (name: string, ...rest: (string | number)[]) => property(name, "gk:bind", "echonet", "codec", ...rest);

describe("A descriptor is refused", () => {
  const mistakes: [mistake: string, path: readonly (string | number)[], value: unknown, at: string][] = [
    ["without its Japanese title", ["titles", "ja"], undefined, "/titles"],
    ["with an empty title", property("mode", "titles", "en"), "", "/properties/mode/titles/en"],
    ["of an unknown kind", ["gk:kind"], "toaster", "/gk:kind"],
    ["with a role outside of the list", property("mode", "gk:role"), "sparkle", "/properties/mode/gk:role"],
    ["with an unknown gk: term", property("mode", "gk:colour"), "red", "/properties/mode"],
    ["whose property is bound to nothing", property("mode", "gk:bind"), undefined, "/properties/mode"],
    ["with an EPC below 0x80", property("mode", "gk:bind", "echonet", "epc"), "0x7F", "/properties/mode/gk:bind"],
    ["with a codec outside of the grammar", codec("mode"), { enum: {} }, "/properties/mode/gk:bind/echonet/codec"],
    ["with a raw code that is no hex", codec("mode", "map", "30"), "off", "/properties/mode/gk:bind/echonet/codec"],
    ["with a version that is none", ["version", "model"], "new", "/version/model"],
    ["without a match", ["gk:match"], [], "/gk:match"],
    ["whose title is not the English one", ["title"], "Klimaanlage", "/title"],
    ["whose tile names what is not there", ["gk:screen", "tile", "toggle"], "pwer", "/gk:screen/tile/toggle"],
    ["whose state names what is not there", ["gk:screen", "tile", "state", 1], "x", "/gk:screen/tile/state/1"],
    ["whose section does", ["gk:screen", "sections", 1, "items", 0], "x", "/gk:screen/sections/1/items/0"],
    ["whose compact page does", ["gk:screen", "compact", 0], "toString", "/gk:screen/compact/0"],
    ["with a word that no person can read", codec("mode", "map", "0x46"), "dream", "/properties/mode"],
    ["with a word that cannot be sent", property("mode", "oneOf", 0, "const"), "dream", "/properties/mode"],
    [
      "with a special word without a title",
      codec("targetTemperature", "special", "0xFE"),
      "cold",
      "/properties/target",
    ],
    [
      "with a word missing in a member",
      codec("hourMeter", "object", 0, "codec", "map", "0x45"),
      "week",
      "/properties/h",
    ],
    ["with a member that no codec has", property("hourMeter", "properties", "x"), { type: "number" }, "/properties/h"],
    ["with a member that no schema has", codec("hourMeter", "object", 0, "name"), "x", "/properties/hourMeter"],
    ["with a role that stands twice", property("humidity", "gk:role"), "mode", "/properties/humidity/gk:role"],
    [
      "with a settable number without a maximum",
      property("targetTemperature", "oneOf", 0, "maximum"),
      undefined,
      "/prop",
    ],
    ["with a settable number without a minimum", property("currentLimit", "minimum"), undefined, "/properties/current"],
    ["with a range upside down", property("currentLimit", "minimum"), 101, "/properties/currentLimit"],
    ["with a preset out of range", property("targetTemperature", "gk:presets"), [26, 90], "/properties/targetTempera"],
    ["with a pattern that is none", property("timeOfOnTimer", "pattern"), "([", "/properties/timeOfOnTimer/pattern"],
  ];

  it.each(mistakes)("%s", (_mistake, path, value, at) => {
    expect(flawsOf(JSON.parse(text))).toEqual([]);
    const flaws = flawsOf(planted(path, value));
    expect(flaws.map((flaw) => flaw.path).join(" ")).toContain(at);
    expect(() => parseDescriptor(planted(path, value))).toThrow(HomeError);
  });

  it("when it nests without end", () => {
    const deep = Array(100_000).fill('{"oneOf":[').join("") + Array(100_000).fill("]}").join("");
    expect(flawsOf(planted(codec("mode"), JSON.parse(deep)))).toHaveLength(1);
  });

  it("with the pointer of the first flaw and the number of all", () => {
    const wrong = planted(["gk:screen", "tile"], { toggle: "a", value: "b" });
    expect(() => parseDescriptor(wrong)).toThrow('/gk:screen/tile/toggle: there is no "a"');
    try {
      parseDescriptor(wrong);
    } catch (thrown) {
      expect(thrown).toMatchObject({
        code: "descriptor-invalid",
        details: { path: "/gk:screen/tile/toggle", flaws: 2 },
      });
    }
  });

  it("or taken, but never ends in another error, whatever it is", () => {
    const broken = fc.tuple(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 5 })).map(([at, cut, put]) => {
      const changed = text.slice(0, at) + put + text.slice(at + cut);
      try {
        return JSON.parse(changed);
      } catch {
        return changed;
      }
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything(), broken), (candidate) => {
        try {
          parseDescriptor(candidate);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HomeError);
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe("A descriptor may", () => {
  it("have a plain boolean without words", () => {
    expect(flawsOf(planted(property("power", "oneOf"), undefined))).toEqual([]);
  });

  it("have no screen: one is derived from roles", () => {
    expect(flawsOf(planted(["gk:screen"], undefined))).toEqual([]);
  });

  it("name actions on its screen", () => {
    const bind = { echonet: { epc: "0xD0", codec: { map: { "0x41": true } } } };
    const action = { titles: { en: "Beep", ja: "鳴らす" }, "gk:bind": bind, "gk:confirm": true };
    const model = Object.assign(Object(planted(["gk:screen", "compact", 0], "beep")), { actions: { beep: action } });
    expect(flawsOf(model)).toEqual([]);
  });

  it("have texts, property maps and counted lists", () => {
    const read = (epc: string, codec: unknown, schema: object) => ({
      titles: { en: "Fact", ja: "事実" },
      ...schema,
      readOnly: true,
      "gk:bind": { echonet: { epc, codec } },
    });
    const list = { type: "array", items: { type: "string" } };
    const model = Object.assign(Object(planted(["gk:screen"], undefined)), {
      properties: {
        product: read("0x8C", { text: "ascii" }, { type: "string" }),
        map: read("0x9F", "propertyMap", list),
        instances: read("0xD6", { array: { of: { raw: true }, itemLength: 3, counted: true } }, list),
      },
    });
    expect(flawsOf(model)).toEqual([]);
  });
});
