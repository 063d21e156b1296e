import { describe, expect, it } from "vitest";
import type { Descriptor, PropertyDescriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Widget } from "../../gateway-core/contract/page.ts";
import { buildPageDevice } from "../../gateway-core/page/page-builder.ts";
import { widgetOfAction, widgetOfProperty } from "../../gateway-core/page/widget.ts";
import { cooler, lamp, narrowed, sensor, tank } from "../fakes/page-home.ts";

const titles = { en: "Level", ja: "レベル" };
const property = (schema: Partial<PropertyDescriptor>): PropertyDescriptor => ({ titles, "gk:bind": {}, ...schema });
const words = (count: number) => ({
  type: "string",
  oneOf: Array.from({ length: count }, (_, index) => ({ const: `w${index}`, titles })),
});
const widget = (schema: Partial<PropertyDescriptor>): Widget["widget"] => widgetOfProperty(property(schema)).widget;

describe("The widget follows from the data schema", () => {
  it("a boolean is a switch, with the descriptor's words or on and off", () => {
    expect(widgetOfProperty(property({ type: "boolean" }))).toMatchObject({
      widget: "switch",
      on: { value: true, titles: { en: "On", ja: "オン" } },
      settleMs: 10_000,
    });
    const oneOf = [{ const: true, titles: { en: "Open", ja: "開" } }];
    expect(widgetOfProperty(property({ type: "boolean", oneOf }))).toMatchObject({ on: { titles: oneOf[0]?.titles } });
  });

  it.each([
    [2, "segmented"],
    [4, "segmented"],
    [5, "buttons"],
    [8, "buttons"],
    [9, "select"],
  ])("%i words are %s", (count, expected) => {
    expect(widget(words(count))).toBe(expected);
  });

  it("words that cannot be set do not count, but are known", () => {
    const schema = words(5);
    const oneOf = schema.oneOf.map((branch, index) => ({ ...branch, readOnly: index === 4 }));
    const made = widgetOfProperty(property({ ...schema, oneOf }));
    expect(made.widget).toBe("segmented");
    expect("options" in made && made.options[4]).toMatchObject({ value: "w4", readOnly: true });
  });

  it("at most 20 steps are a stepper, more a slider; temperatures always step", () => {
    const range = (maximum: number, unit = "om2:percent") => ({
      type: "number",
      minimum: 0,
      maximum,
      multipleOf: 1,
      unit,
    });
    expect(widget(range(20))).toBe("stepper");
    expect(widget(range(21))).toBe("slider");
    expect(widget(range(50, "om2:degree_Celsius"))).toBe("stepper");
    expect(widgetOfProperty(property(range(100)))).toMatchObject({ unit: "%", step: 1, maximum: 100 });
  });

  it("a number beside words keeps both; a number without ends is only read", () => {
    const oneOf = [
      { type: "number", minimum: 1, maximum: 8 },
      { const: "auto", titles },
    ];
    expect(widgetOfProperty(property({ oneOf }))).toMatchObject({ widget: "stepper", words: [{ value: "auto" }] });
    expect(widget({ type: "number", minimum: 0 })).toBe("text");
  });

  it("a time of day is a time; what only looks like one is text", () => {
    expect(widget({ type: "string", pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" })).toBe("time");
    expect(widget({ type: "string", pattern: "^[0-9]{2}:[0-5][0-9]$" })).toBe("text");
  });

  it("read-only, objects and raw octets are text; an object keeps the titles of its members", () => {
    expect(widget({ type: "boolean", readOnly: true })).toBe("text");
    expect(widget({ type: "string", pattern: "^[0-9a-f]{2}$" })).toBe("text");
    const object = widgetOfProperty(property({ type: "object", properties: { leak: { type: "boolean", titles } } }));
    expect(object).toMatchObject({ widget: "text", members: { leak: { titles } } });
  });

  it("an action is an action and says whether it must be confirmed", () => {
    expect(widgetOfAction({ titles, "gk:bind": {}, "gk:confirm": true })).toEqual({
      titles,
      widget: "action",
      confirm: true,
    });
  });

  it("an action that takes a text has a field for it, which begins with what the property of its role tells", () => {
    const seek = { titles, "gk:bind": {}, input: { type: "string", pattern: "^[0-9]+$" } };
    const field = { pattern: "^[0-9]+$", from: "place" };
    expect(widgetOfAction(seek, "place")).toEqual({ titles, widget: "action", confirm: false, field });
    expect(widgetOfAction(seek)).toMatchObject({ field: { pattern: "^[0-9]+$" } });
    expect(widgetOfAction({ ...seek, input: { type: "number" } })).not.toHaveProperty("field");
  });
});

describe("The page device", () => {
  it("takes the tile from the model control screen", () => {
    expect(buildPageDevice(cooler()).tile).toEqual({
      toggle: "power",
      value: "targetTemperature",
      state: ["mode", "roomTemperature"],
      control: "targetTemperature",
    });
  });

  it("drops from the screen what the narrowed descriptor lacks", () => {
    const { descriptor, ...rest } = cooler();
    const { roomTemperature: _, power: __, ...properties } = descriptor.properties;
    const page = buildPageDevice({ ...rest, descriptor: { ...descriptor, properties } });
    expect(page.tile.toggle).toBeUndefined();
    expect(page.tile.state).toEqual(["mode"]);
    expect(page.sections.flatMap(({ items }) => items)).not.toContain("roomTemperature");
  });

  it("shows everything once: the screen's sections, then the rest as details", () => {
    for (const device of [cooler(), lamp(), tank(), sensor()]) {
      const page = buildPageDevice(device);
      const shown = page.sections.flatMap(({ items }) => items);
      expect(shown.toSorted()).toEqual(Object.keys(device.descriptor.properties).toSorted());
    }
    const { sections } = buildPageDevice(lamp());
    expect(sections.at(-1)).toEqual({ titles: { en: "Details", ja: "詳細" }, items: ["brightnessLevelStep"] });
  });

  it("leaves out technical facts that are bare octets, and only those", () => {
    const octets = { type: "string", contentEncoding: "base16" } as const;
    const made = {
      maker: { ...property(octets), readOnly: true, "gk:category": "diagnostic" },
      made: { ...property({ type: "string" }), readOnly: true, "gk:category": "diagnostic" },
      step: property(octets),
    } as const;
    const device = sensor();
    const descriptor = { ...device.descriptor, properties: { ...device.descriptor.properties, ...made } };
    const { widgets, sections } = buildPageDevice({ ...device, descriptor });
    expect(Object.keys(widgets)).toEqual(["temperature", "made", "step"]);
    expect(sections.at(-1)?.items).toEqual(["made", "step"]);
  });

  it("knows roles, values and the words of its place", () => {
    const page = buildPageDevice(cooler());
    expect(page.roles).toMatchObject({ power: "power", mode: "mode", currentTemperature: "roomTemperature" });
    expect(page.values["mode"]?.value).toBe("cool");
    expect(page.compact).toEqual(["power", "mode", "targetTemperature", "fanMode", "roomTemperature"]);
  });

  it("never puts settings or technical facts on the tile, even when the screen asks for it", () => {
    const device = lamp();
    const screen = { tile: { toggle: "power", value: "brightnessLevelStep", state: ["brightnessLevelStep"] } };
    const { tile } = buildPageDevice({ ...device, descriptor: { ...device.descriptor, "gk:screen": screen } });
    expect(tile).toEqual({ toggle: "power", state: [] });
  });

  it("cannot switch by a toggle that is only read", () => {
    const device = lamp();
    const power: PropertyDescriptor = { ...property({ type: "boolean" }), readOnly: true };
    const descriptor = { ...device.descriptor, properties: { ...device.descriptor.properties, power } };
    expect(buildPageDevice({ ...device, descriptor }).tile.toggle).toBeUndefined();
  });
});

describe("Without a screen the tile is derived", () => {
  const bare = (device: ReturnType<typeof lamp>) => {
    const { "gk:screen": _, ...descriptor } = device.descriptor;
    return buildPageDevice({ ...device, descriptor: descriptor as Descriptor });
  };

  it("from roles, the most telling first", () => {
    expect(bare(cooler()).tile).toEqual({
      toggle: "power",
      value: "targetTemperature",
      state: ["mode", "roomTemperature"],
      control: "targetTemperature",
    });
    expect(bare(lamp()).tile).toMatchObject({ toggle: "power", control: "brightness" });
    expect(bare(tank()).tile).toMatchObject({ value: "remainingWater", control: "automaticBathOperation" });
    expect(bare(sensor()).tile).toEqual({ value: "temperature", state: [] });
  });

  it("from order where there are no roles", () => {
    const model = {
      titles,
      title: "Thing",
      "gk:type": "test:thing",
      "gk:kind": "generic",
      properties: {
        serial: { ...property({ type: "string" }), readOnly: true, "gk:category": "diagnostic" },
        first: { ...property({ type: "string" }), readOnly: true },
        second: { ...property({ type: "string" }), readOnly: true },
        set: property({ type: "boolean" }),
      },
      actions: { go: { titles, "gk:bind": {} } },
    };
    const page = buildPageDevice(narrowed(model, "thing", { serial: "1", first: "a", second: "b", set: false }));
    expect(page.tile).toEqual({ value: "first", state: ["second"], control: "set" });
    expect(page.sections).toEqual([
      { titles, items: ["first", "second", "set", "go"] },
      { titles: { en: "Details", ja: "詳細" }, items: ["serial"] },
    ]);
  });

  it("for a device that nothing is known of: a page without controls", () => {
    const model = { titles, title: "?", "gk:type": "x", "gk:kind": "generic", properties: {} };
    expect(buildPageDevice(narrowed(model, "unknown", {}))).toMatchObject({
      tile: { state: [] },
      sections: [],
      compact: [],
    });
  });
});
