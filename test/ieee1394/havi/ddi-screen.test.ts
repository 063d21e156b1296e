import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flawsOf } from "../../../device-descriptors/check-descriptor.ts";
import type { Descriptor } from "../../../gateway-core/contract/descriptor.ts";
import type { JsonObject } from "../../../gateway-core/contract/json.ts";
import { genericDescriptor } from "../../../gateway-core/devices/generic-descriptor.ts";
import {
  childrenOf,
  elementKey,
  hasScreen,
  isSameForm,
  screenOf,
  withScreen,
} from "../../../gateway-core/ieee1394/havi/ddi-screen.ts";
import { keyed, of, panel, toggle } from "./ddi-elements.ts";

describe("A screen that a device sends", () => {
  const [a, b, c] = [
    toggle(["a", "b"], 0),
    of("STATUS", 10, { currentStatus: 4 }),
    of("BUTTON", 6, { releasedLabel: "Go" }),
  ];
  const inner = panel("GROUP", 21, "", [c]);
  const group = panel("GROUP", 20, "Keys", [c, inner]);
  const root = panel("PANEL", 1, "Front", [a, group, b, of("ICON", 77)]);
  const state = {
    elements: keyed([a, b, c, group, inner, root]),
    texts: new Map(),
    panels: [elementKey(root["id"]), "DDI_PANEL 9"],
  };
  const screen = screenOf(state);
  const generic = genericDescriptor({ protocol: "ieee1394", commands: "havi", element: "80000017" });

  it("is made of sections: a panel's own elements, then its groups, each element once", () => {
    expect(screen.sections).toEqual([
      { titles: { en: "Front", ja: "Front" }, items: ["screenToggle1", "screenStatus10"] },
      { titles: { en: "Keys", ja: "Keys" }, items: ["screenButton6"] },
    ]);
    expect(screen.values).toEqual({ screenToggle1: false, screenStatus10: 4 });
    expect(Object.keys(screen.actions)).toEqual(["screenButton6"]);
    expect(screen.items.get("screenButton6")?.element).toEqual(c["id"]);
    expect(screenOf({ ...state, panels: [] }).sections).toEqual([]);
    const bare: JsonObject = { type: "DDI_STATUS" };
    const nameless = new Map<string, JsonObject>([
      ["x", { elements: [bare] }],
      ["DDI_STATUS undefined", bare],
    ]);
    expect(screenOf({ ...state, elements: nameless, panels: ["x"] }).sections).toEqual([
      { titles: { en: "Screen of the device", ja: "機器の画面" }, items: ["screenStatus0"] },
    ]);
    expect(childrenOf(undefined)).toEqual([]);
  });

  it("that leads in circles, or is endless, ends", () => {
    const circle = panel("GROUP", 20, "Round", [a, of("GROUP", 20)]);
    expect(
      screenOf({ ...state, elements: keyed([a, circle, panel("PANEL", 1, "P", [circle])]) }).sections,
    ).toHaveLength(1);
    const many = Array.from({ length: 300 }, (_, handle) => of("STATUS", handle, { currentStatus: 0 }));
    const wide = screenOf({ ...state, elements: keyed([...many, panel("PANEL", 1, "P", many)]) });
    expect(Object.keys(wide.properties)).toHaveLength(100);
    const groups = Array.from({ length: 60 }, (_, n) =>
      panel("GROUP", 100 + n, "G", [of("STATUS", n, { currentStatus: 0 })]),
    );
    const long = screenOf({ ...state, elements: keyed([...many, ...groups, panel("PANEL", 1, "P", groups)]) });
    expect(long.sections).toHaveLength(40);
  });

  it("stands behind what the descriptor has already, on the tile where that has room", () => {
    const alone = withScreen(generic, screen);
    expect(alone["gk:screen"]).toEqual({
      tile: { value: "screenStatus10", control: "screenToggle1" },
      sections: screen.sections,
      compact: ["screenToggle1", "screenStatus10", "screenButton6"],
    });
    const power = { titles: { en: "Power", ja: "電源" }, type: "boolean", "gk:bind": { havi: { set: {} } } };
    const own: Descriptor = { ...generic, properties: { power } };
    expect(withScreen(own, screen)["gk:screen"]?.sections?.[0]).toEqual({ items: ["power"] });
    const shown: Descriptor = { ...own, "gk:screen": { tile: { value: "power", control: "power" } } };
    expect(withScreen(shown, screen)["gk:screen"]).toMatchObject({
      tile: { value: "power", control: "power" },
      compact: ["screenToggle1", "screenStatus10", "screenButton6"],
    });
    const keys = screenOf({ ...state, elements: keyed([c, panel("PANEL", 1, "P", [c])]) });
    expect(withScreen(generic, keys)["gk:screen"]?.tile).toEqual({});
    expect(withScreen(generic, screenOf({ ...state, panels: [] }))).toBe(generic);
  });

  it("is another where its controls are, not where they show something else", () => {
    const louder = screenOf({ ...state, elements: keyed([toggle(["a", "b"], 1), b, c, group, root]) });
    expect(isSameForm(screen, louder)).toBe(true);
    const fewer = screenOf({ ...state, elements: keyed([a, c, group, root]) });
    expect(isSameForm(screen, fewer)).toBe(false);
    expect([hasScreen(withScreen(generic, screen), louder), hasScreen(withScreen(generic, screen), fewer)]).toEqual([
      true,
      false,
    ]);
    expect(hasScreen(generic, screen)).toBe(false);
  });

  it("makes a descriptor in order, whatever the device sends", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const number = fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.constantFrom(0, 1));
    const named = fc.array(fc.record({ name: text, isChosen: fc.boolean() }), { maxLength: 5 });
    const optional = fc.oneof(
      fc.record({ attribute: fc.constant("VALUE_OFFSET"), value: fc.integer({ min: -32_768, max: 32_767 }) }),
      fc.record({ attribute: fc.constant("VALUE_POWER10"), value: fc.integer({ min: -32_768, max: 32_767 }) }),
      fc.record({ attribute: fc.constant("UNIT_LABEL"), label: text }),
    );
    const kind = fc.constantFrom(
      ...["PANELLINK", "BUTTON", "BASICBUTTON", "TOGGLE", "ANIMATION", "SHOWRANGE", "SETRANGE", "ENTRY", "CHOICE"],
      ...["TEXT", "STATUS", "ICON"],
    );
    const any = fc.record({
      kind,
      handle: number,
      name: text,
      interactivity: fc.constantFrom("ENABLED", "DISABLED"),
      states: named,
      choices: named,
      currentState: number,
      valueRange: number,
      stepValue: number,
      valueSet: number,
      choiceType: fc.constantFrom("LESS_THAN", "EQUAL"),
      choiceNumber: fc.constantFrom(1, 2),
      entryType: fc.constantFrom("TEXTUAL", "NAT_NUMBER", "FLOAT", "DATE", "TIME"),
      qualifier: fc.constantFrom("CONCEAL", "VISIBLE"),
      maxCharsDigits: number,
      currentStatus: number,
      optionals: fc.array(optional, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 8 }), (told) => {
        const elements = told.map(({ kind: type, handle, ...fields }) =>
          of(type, handle, { ...fields, releasedLabel: fields.name }),
        );
        const sent = screenOf({ ...state, elements: keyed([...elements, panel("PANEL", 1, "P", elements)]) });
        const descriptor = withScreen(generic, sent);
        expect(flawsOf(descriptor)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});
