/** The shipped descriptors of AV/C subunits: in order, said in both languages, legal Thing Models, and a page each. */

import { readFileSync } from "node:fs";
import { validate } from "jsonschema";
import { describe, expect, it } from "vitest";
import { flawsOf } from "../../device-descriptors/check-descriptor.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import { bindingsOf } from "../../gateway-core/ieee1394/avc-binding.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { isThere, keysAmong, shippedAvc, sources } from "./shipped.ts";

const pageOf = (descriptor: Descriptor) =>
  buildPageDevice({
    ...{ id: "one", protocol: "ieee1394", type: descriptor["gk:type"], kind: descriptor["gk:kind"] },
    ...{ title: descriptor.title, titles: descriptor.titles, room: null, available: true, availabilityAt: 0 },
    ...{ descriptor, values: {} },
  });

describe.each(shippedAvc.map((one) => [one["gk:type"], one] as const))("The descriptor %s", (_type, descriptor) => {
  it("is in order, and every bind of it can be read", () => {
    expect(flawsOf(descriptor)).toEqual([]);
    const { properties, actions, broken } = bindingsOf(descriptor);
    expect(broken).toEqual([]);
    expect([...properties.keys()]).toEqual(Object.keys(descriptor.properties));
    expect([...actions.keys()]).toEqual(Object.keys(descriptor.actions ?? {}));
  });

  it.skipIf(!isThere(sources.thingModelSchema))("is a Thing Model to W3C's own schema", () => {
    const schema = JSON.parse(readFileSync(sources.thingModelSchema, "utf8"));
    expect(validate(descriptor, schema).errors.map(String)).toEqual([]);
  });

  it("has a page with a tile, and everything stands on it once, keys of a deck in its bar", () => {
    const { tile, sections, widgets } = pageOf(descriptor);
    expect([tile.toggle, tile.value, tile.control].filter(Boolean).length).toBeGreaterThan(0);
    const items = sections.flatMap((section) => section.items);
    expect([...items, ...keysAmong(widgets)].toSorted()).toEqual(Object.keys(widgets).toSorted());
  });
});

describe("The descriptors of AV/C", () => {
  it("are there for each kind of subunit that a home has", () => {
    expect(shippedAvc.map((one) => one["gk:type"].replace("ieee1394:avc:", "")).sort()).toEqual([
      "audio",
      "camcorder",
      "camera",
      "disc",
      "monitor",
      "panel",
      "tape",
      "tuner",
    ]);
  });

  it("let nothing be recorded or thrown out without a question, and nothing recorded without leave", () => {
    for (const { actions = {} } of shippedAvc) {
      for (const [name, action] of Object.entries(actions)) {
        const isGrave = /record|eject/i.test(name);
        expect(action["gk:confirm"] === true, name).toBe(isGrave);
        expect(action["gk:bind"]["avc"]?.["needs"] === "recording", name).toBe(/record/i.test(name));
      }
    }
  });

  it("are refused where a word has no frame, a frame no word, or a bind no sense", () => {
    const [tape] = shippedAvc.filter((one) => one["gk:type"] === "ieee1394:avc:tape");
    if (tape === undefined) throw new Error("no tape");
    const { power, transport } = tape.properties;
    if (power === undefined || transport === undefined) throw new Error("no properties");
    const flawed = (avc: object): string[] => {
      const properties = { ...tape.properties, power: { ...power, "gk:bind": { avc } } };
      return flawsOf({ ...tape, properties }).map(({ message }) => message);
    };
    const whole = power["gk:bind"]["avc"] ?? {};
    expect(flawed(whole)).toEqual([]);
    expect(flawed({ ...whole, control: { map: { true: "b270" } } })).toEqual([
      '"false" stands in oneOf but not in the control',
    ]);
    expect(flawed({ ...whole, control: { map: { true: "b270", false: "b260", maybe: "b261" } } })).toEqual([
      '"maybe" stands in the control but not in oneOf',
    ]);
    expect(flawed({ ...whole, value: { map: { b270: true } } })).toEqual([
      "false stands in oneOf but not in the value",
    ]);
    expect(flawed({ ...whole, value: { map: { b270: true, b260: false }, rejected: "broken" } })).toEqual([
      '"broken" stands in the value but not in oneOf',
    ]);
    for (const senseless of [{}, { status: "b27f" }, { control: "b" }, { control: "b270", epc: "0x80" }]) {
      expect(flawed(senseless).length).toBeGreaterThan(0);
    }
  });
});
