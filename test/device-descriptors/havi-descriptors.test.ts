/** The shipped descriptors of HAVi components: in order, said in both languages, legal Thing Models, and a page each. */

import { readFileSync } from "node:fs";
import { validate } from "jsonschema";
import { describe, expect, it } from "vitest";
import { flawsOf } from "../../device-descriptors/check-descriptor.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { encodeFields } from "../../gateway-core/ieee1394/havi/operation-form.ts";
import { haviBindingsOf } from "../../gateway-core/ieee1394/havi-binding.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { isThere, keysAmong, shippedHavi, sources } from "./shipped.ts";

describe.each(shippedHavi.map((one) => [one["gk:type"], one] as const))("The descriptor %s", (_type, descriptor) => {
  const { properties, actions, broken } = haviBindingsOf(descriptor);

  it("is in order, and every bind of it can be read", () => {
    expect(flawsOf(descriptor)).toEqual([]);
    expect(broken).toEqual([]);
    expect([...properties.keys()]).toEqual(Object.keys(descriptor.properties));
    expect([...actions.keys()]).toEqual(Object.keys(descriptor.actions ?? {}));
  });

  it("makes octets of every call that asks, and of every word and bound that may be set", () => {
    for (const [name, { get, write }] of properties) {
      if (get !== undefined) encodeFields(get.form.parameters, get.fields);
      const { type, oneOf = [], minimum, maximum } = descriptor.properties[name] ?? {};
      const words = oneOf.flatMap(({ const: word, readOnly }) => (readOnly || word === undefined ? [] : [word]));
      const values = [...words, ...[minimum, maximum].flatMap((bound) => bound ?? [])];
      if (write !== undefined) expect(values, name).not.toEqual([]);
      for (const value of write === undefined ? [] : values) {
        const { form, fields } = write?.(value) ?? expect.fail();
        expect(encodeFields(form.parameters, fields).length, `${name} ${type}`).toBeGreaterThan(0);
      }
    }
    for (const { write } of actions.values()) {
      for (const make of write) encodeFields(make(null).form.parameters, make(null).fields);
    }
  });

  it.skipIf(!isThere(sources.thingModelSchema))("is a Thing Model to W3C's own schema", () => {
    const schema = JSON.parse(readFileSync(sources.thingModelSchema, "utf8"));
    expect(validate(descriptor, schema).errors.map(String)).toEqual([]);
  });

  it("has a page with a tile, and everything stands on it once, keys of a deck in its bar", () => {
    const { tile, sections, widgets } = buildPageDevice({
      ...{ id: "one", protocol: "ieee1394", type: descriptor["gk:type"], kind: descriptor["gk:kind"] },
      ...{ title: descriptor.title, titles: descriptor.titles, room: null, available: true, availabilityAt: 0 },
      ...{ descriptor, values: {} },
    });
    expect([tile.toggle, tile.value, tile.control].filter(Boolean).length).toBeGreaterThan(0);
    const items = sections.flatMap((section) => section.items);
    expect([...items, ...keysAmong(widgets)].toSorted()).toEqual(Object.keys(widgets).toSorted());
  });
});

describe("The descriptors of HAVi", () => {
  it("are there for the components whose interfaces are known", () => {
    const types = shippedHavi.map((one) => one["gk:type"].replace("ieee1394:havi:", ""));
    expect(types.sort()).toEqual(["amplifier", "avdisc", "dcm", "display", "tuner", "vcr"]);
  });

  it("let nothing be recorded or thrown out without a question, and nothing recorded without leave", () => {
    for (const { actions = {} } of shippedHavi) {
      for (const [name, action] of Object.entries(actions)) {
        expect(action["gk:confirm"] === true, name).toBe(/record|eject/i.test(name));
        expect(action["gk:bind"]["havi"]?.["needs"] === "recording", name).toBe(/record/i.test(name));
      }
    }
  });

  it("are refused where a word has no call, a call no word, or a bind no sense", () => {
    const amplifier = shippedHavi.find((one) => one["gk:type"] === "ieee1394:havi:amplifier") ?? expect.fail();
    const { soundMode, ...properties } = amplifier.properties;
    if (soundMode === undefined) throw new Error("no sound mode");
    const flawed = (havi: JsonObject): string[] =>
      flawsOf({
        ...amplifier,
        properties: { ...properties, soundMode: { ...soundMode, "gk:bind": { havi } } },
      }).map(({ message }) => message);
    const whole = soundMode["gk:bind"]["havi"] ?? {};
    const set = whole["set"] as JsonObject;
    const { off: _, ...fewer } = set["words"] as JsonObject;
    expect(flawed(whole)).toEqual([]);
    expect(flawed({ ...whole, set: { ...set, words: fewer } })).toEqual([
      '"off" stands in oneOf but not in the control',
    ]);
    expect(flawed({ ...whole, value: { at: "mode", octets: { map: { "00": "off", "01": "loud" } } } })).toContain(
      '"loud" stands in the value but not in oneOf',
    );
    for (const senseless of [{}, { get: whole["get"] ?? null }, { set: "x" }, { ...whole, epc: "0x80" }]) {
      expect(flawed(senseless).length).toBeGreaterThan(0);
    }
  });
});
