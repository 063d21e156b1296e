import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../gateway-core/contract/json.ts";
import { contentKey, itemsOf } from "../../../gateway-core/ieee1394/havi/ddi-element.ts";
import { encodeFields, operationForm } from "../../../gateway-core/ieee1394/havi/operation-form.ts";
import { thrownBy } from "../thrown-by.ts";
import { choice, content, entry, of, range, time, toggle } from "./ddi-elements.ts";

const item = (element: JsonObject, texts = new Map<string, string>()) => itemsOf(element, texts)[0] ?? expect.fail();
const userAction = operationForm("DdiTarget", "UserAction");
/** What is told the device, which is also what has octets. */
function acts(element: JsonObject, value: Json, place = 0): Json {
  const actions = itemsOf(element, new Map())[place]?.act(value) ?? expect.fail();
  for (const action of actions) encodeFields(userAction.parameters, { element: element["id"] ?? null, action });
  return actions;
}

describe("An element that a device sends", () => {
  it("with two states is a switch with the device's own words", () => {
    const made = item(toggle(["Quiet", "Loud"], 1));
    expect(made).toMatchObject({
      name: "screenToggle1",
      value: true,
      property: { type: "boolean", titles: { en: "Name" } },
    });
    expect(made.property?.oneOf).toEqual([
      { const: true, titles: { en: "Loud", ja: "Loud" } },
      { const: false, titles: { en: "Quiet", ja: "Quiet" } },
    ]);
    expect(item(toggle(["", ""], 0)).property?.oneOf?.map(({ titles }) => titles?.ja)).toEqual(["オン", "オフ"]);
    expect(item(toggle(["a", "b"], 9))).not.toHaveProperty("value");
    expect([acts(toggle(["a", "b"], 0), true), acts(toggle(["a", "b"], 0), false)]).toEqual([
      [{ type: "ACT_TOGGLE", state: 1 }],
      [{ type: "ACT_TOGGLE", state: 0 }],
    ]);
  });

  it("with more states is a choice; with one it is nothing", () => {
    const made = item(toggle(["FM", "", "TV"], 2));
    expect(made).toMatchObject({ value: 2, property: { type: "integer" } });
    expect(made.property?.oneOf?.map(({ titles }) => titles?.en)).toEqual(["FM", "2", "TV"]);
    expect(acts(toggle(["FM", "CD", "TV"], 0), 1)).toEqual([{ type: "ACT_TOGGLE", state: 1 }]);
    expect(thrownBy(() => made.act(3))).toMatchObject({ code: "value-invalid" });
    expect(item(toggle(["FM", "CD", "TV"], 3))).not.toHaveProperty("value");
    expect(itemsOf(toggle(["FM"], 0), new Map())).toEqual([]);
  });

  it("that is a range has the device's offset, power of ten, steps and unit", () => {
    const optionals = [
      { attribute: "VALUE_OFFSET", value: -60 },
      { attribute: "UNIT_LABEL", label: "dB" },
    ];
    const volume = range("SETRANGE", { valueSet: 20, optionals });
    expect(item(volume)).toMatchObject({
      value: -40,
      property: { type: "integer", minimum: -60, maximum: 0, multipleOf: 1, unit: "dB" },
    });
    expect(acts(volume, -50)).toEqual([{ type: "ACT_SETRANGE", value: 10 }]);
    expect(acts(volume, 90)).toEqual([{ type: "ACT_SETRANGE", value: 60 }]);
    expect(thrownBy(() => item(volume).act("loud"))).toMatchObject({ code: "value-invalid" });
    const tenths = range("SETRANGE", {
      stepValue: 5,
      valueSet: 15,
      optionals: [{ attribute: "VALUE_POWER10", value: -1 }],
    });
    expect(item(tenths)).toMatchObject({ value: 1.5, property: { type: "number", maximum: 6, multipleOf: 0.5 } });
    expect(acts(tenths, 2)).toEqual([{ type: "ACT_SETRANGE", value: 20 }]);
    const shifted = range("SETRANGE", {
      stepValue: 7,
      valueSet: 0,
      optionals: [{ attribute: "VALUE_OFFSET", value: 1 }],
    });
    expect(item(shifted).property?.multipleOf).toBe(1);
    expect(item(range("SHOWRANGE", { valueSet: 3 })).property).toMatchObject({ readOnly: true });
    expect(item(range("SETRANGE", { valueRange: 0, valueSet: 0 })).property).toMatchObject({ readOnly: true });
  });

  it("that lets choose one is a choice; that lets choose several, a switch for each", () => {
    expect(item(choice([false, true]))).toMatchObject({ name: "screenChoice3", value: 1 });
    expect(item(choice([false, false]))).not.toHaveProperty("value");
    expect(acts(choice([false, true]), 0)).toEqual([{ type: "ACT_CHOICE", choices: [0] }]);
    expect(itemsOf(choice([]), new Map())).toEqual([]);
    const several = choice([true, false, true], { choiceType: "LESS_THAN", choiceNumber: 3 });
    expect(itemsOf(several, new Map())).toMatchObject([
      { name: "screenChoice3_0", value: true, property: { type: "boolean", titles: { en: "Name: C0" } } },
      { name: "screenChoice3_1", value: false },
      { name: "screenChoice3_2", value: true },
    ]);
    expect(acts(several, true, 1)).toEqual([{ type: "ACT_CHOICE", choices: [0, 1, 2] }]);
    expect(acts(several, false, 0)).toEqual([{ type: "ACT_CHOICE", choices: [2] }]);
  });

  it("that takes an entry is a property of its type; dates and fractions are shown", () => {
    expect(item(entry("TEXTUAL", "abc"))).toMatchObject({ value: "abc", property: { pattern: "^.{0,3}$" } });
    expect(item(entry("TEXTUAL", "abc", { maxCharsDigits: 0 })).property?.pattern).toBe("^.{0,256}$");
    expect(acts(entry("TEXTUAL", "abc"), "xy")).toEqual([
      { type: "ACT_ENTRY", entry: { type: "TEXTUAL", value: "xy" } },
    ]);
    expect(thrownBy(() => item(entry("TEXTUAL", "")).act(1))).toMatchObject({ code: "value-invalid" });
    expect(item(entry("NAT_NUMBER", 7))).toMatchObject({ value: 7, property: { minimum: 0, maximum: 999 } });
    expect(acts(entry("NAT_NUMBER", 7), 12)).toEqual([{ type: "ACT_ENTRY", entry: { type: "NAT_NUMBER", value: 12 } }]);
    expect(item(entry("TIME", time))).toMatchObject({ value: "06:05" });
    expect(acts(entry("TIME", time), "23:59")).toEqual([
      { type: "ACT_ENTRY", entry: { type: "TIME", value: { ...time, hour: 23, minute: 59, sec: 0, msec: 0 } } },
    ]);
    expect(thrownBy(() => item(entry("TIME", time)).act("soon"))).toMatchObject({ code: "value-invalid" });
    expect(item(entry("DATE", time))).toMatchObject({ value: "2000-01-02", property: { readOnly: true } });
    expect(item(entry("FLOAT", "3fc00000"))).toMatchObject({ value: 1.5, property: { readOnly: true } });
    expect([item(entry("FLOAT", "7fc00000")).value, item(entry("FLOAT", 1)).value]).toEqual([0, 0]);
    expect(itemsOf(entry("SONG", 1), new Map())).toEqual([]);
  });

  it("that conceals what is typed into it tells it to nobody", () => {
    const secret = entry("NAT_NUMBER", 1234, { qualifier: "CONCEAL" });
    expect(item(secret)).not.toHaveProperty("value");
    expect(item(secret).property).toMatchObject({ writeOnly: true });
    expect(itemsOf({ ...secret, interactivity: "DISABLED" }, new Map())).toEqual([]);
    expect(itemsOf(entry("DATE", time, { qualifier: "CONCEAL" }), new Map())).toEqual([]);
  });

  it("that is a button is pressed and released, that is a link is selected", () => {
    const button = of("BUTTON", 6, { pressedLabel: "Play", releasedLabel: "" });
    expect(item(button)).toMatchObject({ name: "screenButton6", action: { titles: { en: "Play" } } });
    expect(acts(button, null)).toEqual([
      { type: "ACT_BUTTON", button: "PRESS" },
      { type: "ACT_BUTTON", button: "RELEASE" },
    ]);
    expect(acts(of("PANELLINK", 7), null)).toEqual([{ type: "ACT_SELECTED", isSelected: true }]);
    expect(item(of("BASICBUTTON", 8, { name: "" })).action?.titles).toEqual({ en: "Button", ja: "ボタン" });
    expect(itemsOf(of("BUTTON", 6, { interactivity: "DISABLED" }), new Map())).toEqual([]);
  });

  it("that shows a text or a status is read-only", () => {
    const text = of("TEXT", 9, { content });
    expect(item(text, new Map([[contentKey(content), "FM 80.0"]]))).toMatchObject({ value: "FM 80.0" });
    expect(item(text).act("TV")).toEqual([]);
    const { name: _, ...nameless } = text;
    expect(item(nameless).property).toMatchObject({ readOnly: true, titles: { en: "Display", ja: "表示" } });
    expect(item(of("STATUS", 10, { currentStatus: 4 }))).toMatchObject({ value: 4, property: { readOnly: true } });
  });

  it("that is a picture is named, and chosen where it lets itself be chosen", () => {
    const still = of("ICON", 11, { interactivity: "DISABLED" });
    expect(item(still)).toMatchObject({
      value: "picture",
      property: { readOnly: true, titles: { en: "Name" }, oneOf: [{ titles: { en: "A picture, not shown here" } }] },
    });
    expect(acts(of("ICON", 11), null)).toEqual([{ type: "ACT_SELECTED", isSelected: true }]);
    expect(item(of("ICON", 11, { name: "" })).action?.titles).toEqual({ en: "Picture", ja: "画像" });
    const moving = item(of("ANIMATION", 12, { name: "Tape" }));
    expect(moving).toMatchObject({ value: "moving-picture", property: { readOnly: true, titles: { en: "Tape" } } });
    expect(moving.act("still")).toEqual([]);
  });

  it("that is disabled is only shown", () => {
    expect(item(toggle(["a", "b"], 0, { interactivity: "DISABLED" })).property).toMatchObject({ readOnly: true });
  });

  it("that is of a kind nobody knows comes to nothing", () => {
    expect(itemsOf({ ...of("ICON", 13), type: "DDI_HOLOGRAM" }, new Map())).toEqual([]);
  });

  it("has its texts made fit to be shown", () => {
    const name = `\u202e A\u0000B${"x".repeat(300)}`;
    const { titles } = item(toggle(["a", "b"], 0, { name })).property ?? expect.fail();
    expect(titles.en.startsWith("A Bx")).toBe(true);
    expect(titles.en.length).toBe(100);
  });
});
