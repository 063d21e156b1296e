/**
 * One element of a screen that a device sends, as properties and actions of a home (HAVi 1.1, DDI, as reconstructed from
 * an open implementation's IDL): what it shows, what it lets do, and the DDI actions that tell the device. Pure.
 */

import type { ActionDescriptor, DataSchema, PropertyDescriptor, Texts } from "../../contract/descriptor.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import { notEncodable } from "../value-checks.ts";
import { entryKinds } from "./ddi-entry.ts";
import { both, labelOf, listOf, numberIn, objectOf, optionalOf, words } from "./ddi-words.ts";

export interface ScreenItem {
  /** Of a property or an action, `[A-Za-z0-9_]`: the element's type and handle. */
  readonly name: string;
  readonly property?: PropertyDescriptor;
  readonly action?: ActionDescriptor;
  /** What the property shows; undefined where the device does not tell. */
  readonly value?: Json;
  /** The DDI actions, in order, by which a value or a press is told. @throws HomeError `value-invalid` */
  readonly act: (value: Json) => readonly JsonObject[];
}

/** How many states or choices of an element are taken. */
const mostWords = 50;

type Make = (element: JsonObject, item: ItemMaker, texts: ReadonlyMap<string, string>) => readonly ScreenItem[];

interface ItemMaker {
  readonly isEnabled: boolean;
  property(
    schema: DataSchema,
    value: Json | undefined,
    act: ScreenItem["act"],
    part?: number,
    label?: Texts,
  ): ScreenItem;
  action(label: Texts, actions: readonly JsonObject[]): ScreenItem;
}

const nothing: ScreenItem["act"] = () => [];
const selected = [{ type: "ACT_SELECTED", isSelected: true }];
const pressed = ["PRESS", "RELEASE"].map((button) => ({ type: "ACT_BUTTON", button }));

/** @param texts the texts of contents that have been fetched, by `contentKey` */
export function itemsOf(element: JsonObject, texts: ReadonlyMap<string, string>): readonly ScreenItem[] {
  const make = makers[String(element["type"])];
  return make === undefined ? [] : make(element, itemMaker(element), texts);
}

/** The handle under which a text of the device is fetched. */
export function contentKey(content: Json | undefined): string {
  return `${objectOf(content)["type"]} ${objectOf(content)["handle"]}`;
}

function itemMaker(element: JsonObject): ItemMaker {
  const id = objectOf(element["id"]);
  const kind = String(element["type"]).replace("DDI_", "").toLowerCase();
  const base = `screen${kind.charAt(0).toUpperCase()}${kind.slice(1)}${numberIn(id, "handle")}`;
  const isEnabled = element["interactivity"] !== "DISABLED";
  const bind = { "gk:bind": { havi: { ddi: { type: String(element["type"]), handle: numberIn(id, "handle") } } } };
  return {
    isEnabled,
    property(schema, value, act, part, label) {
      const name = part === undefined ? base : `${base}_${part}`;
      const titles = label ?? both(labelOf(element["name"])) ?? words.display;
      const isFixed = !isEnabled || act === nothing;
      const property: PropertyDescriptor = { titles, ...schema, ...(isFixed ? { readOnly: true } : {}), ...bind };
      return { name, property, act, ...(value === undefined ? {} : { value }) };
    },
    action: (titles, actions) => ({ name: base, action: { titles, ...bind }, act: () => actions }),
  };
}

const button =
  (labels: readonly string[], actions: readonly JsonObject[]): Make =>
  (element, item) => {
    const label = labels.map((name) => labelOf(element[name])).find((text) => text !== "") ?? "";
    return item.isEnabled ? [item.action(both(label) ?? words.button, actions)] : [];
  };

const toggle: Make = (element, item) => {
  const states = listOf(element["states"])
    .slice(0, mostWords)
    .map((state) => labelOf(objectOf(state)["name"]));
  const state = numberIn(element, "currentState");
  const act = (index: number): readonly JsonObject[] => [{ type: "ACT_TOGGLE", state: index }];
  if (states.length < 2) return [];
  if (states.length > 2) {
    const known = state < states.length ? state : undefined;
    return [item.property(choiceSchema(states), known, (value) => act(indexOf(value, states.length)))];
  }
  const titles = (name: string, index: number): Texts => both(name) ?? (index === 1 ? words.on : words.off);
  const oneOf = states.map((name, index) => ({ const: index === 1, titles: titles(name, index) })).toReversed();
  return [
    item.property({ type: "boolean", oneOf }, state < 2 ? state === 1 : undefined, (value) => act(value ? 1 : 0)),
  ];
};

/** A number by its place in the range, which the device may shift and scale; steps are counted from the beginning. */
const range =
  (isSet: boolean): Make =>
  (element, item) => {
    const [most, step] = [numberIn(element, "valueRange"), Math.max(1, numberIn(element, "stepValue"))];
    const offset = numberIn(optionalOf(element, "VALUE_OFFSET"), "value");
    const power = Math.max(-6, Math.min(6, numberIn(optionalOf(element, "VALUE_POWER10"), "value")));
    const scaled = (raw: number): number => Number(((raw + offset) * 10 ** power).toFixed(6));
    const unit = labelOf(optionalOf(element, "UNIT_LABEL")["label"]).slice(0, 50);
    const act = (value: Json): readonly JsonObject[] => {
      if (typeof value !== "number") throw notEncodable(value, "a number");
      const raw = Math.round((value / 10 ** power - offset) / step) * step;
      return [{ type: "ACT_SETRANGE", value: Math.max(0, Math.min(most, raw)) }];
    };
    const isStepped = offset % step === 0;
    const schema: DataSchema = {
      ...{ type: power < 0 ? "number" : "integer", minimum: scaled(0), maximum: scaled(most) },
      multipleOf: Number(((isStepped ? step : 1) * 10 ** power).toFixed(6)),
      ...(unit === "" ? {} : { unit }),
    };
    return [item.property(schema, scaled(numberIn(element, "valueSet")), isSet && most > 0 ? act : nothing)];
  };

const choice: Make = (element, item) => {
  const choices = listOf(element["choices"]).slice(0, mostWords).map(objectOf);
  const names = choices.map((one) => labelOf(one["name"]));
  const chosen = choices.flatMap(({ isChosen }, index) => (isChosen === true ? [index] : []));
  const act = (indexes: readonly number[]): readonly JsonObject[] => [{ type: "ACT_CHOICE", choices: indexes }];
  if (names.length === 0) return [];
  if (element["choiceType"] === "EQUAL" && element["choiceNumber"] === 1) {
    return [item.property(choiceSchema(names), chosen[0], (value) => act([indexOf(value, names.length)]))];
  }
  return names.map((name, index) => {
    const others = chosen.filter((one) => one !== index);
    const toggled = (value: Json) => act(value === true ? [...others, index].sort((a, b) => a - b) : others);
    const label = both([labelOf(element["name"]), name].filter((text) => text !== "").join(": "));
    return item.property({ type: "boolean" }, chosen.includes(index), toggled, index, label);
  });
};

const entry: Make = (element, item) => {
  const kind = entryKinds[String(element["entryType"])];
  if (kind === undefined) return [];
  const current = objectOf(element["currentEntry"]);
  const isHidden = element["qualifier"] === "CONCEAL";
  const made = kind(current, numberIn(element, "maxCharsDigits"));
  if (isHidden && (!item.isEnabled || made.write === undefined)) return [];
  const write = made.write;
  const act: ScreenItem["act"] =
    write === undefined
      ? nothing
      : (value) => [{ type: "ACT_ENTRY", entry: { type: String(element["entryType"]), value: write(value) } }];
  return [
    item.property(isHidden ? { ...made.schema, writeOnly: true } : made.schema, isHidden ? undefined : made.value, act),
  ];
};

/** What is not drawn is named, so that a person knows that there is more on the device's own screen; what can be chosen can be chosen here. */
const picture =
  (content: string, titles: Texts): Make =>
  (element, item) => {
    const label = both(labelOf(element["name"])) ?? words.picture;
    const schema: DataSchema = { type: "string", oneOf: [{ const: content, titles }] };
    return element["type"] === "DDI_ICON" && item.isEnabled
      ? [item.action(label, selected)]
      : [item.property(schema, content, nothing, undefined, label)];
  };

const makers: Readonly<Record<string, Make>> = {
  DDI_PANELLINK: button(["name"], selected),
  DDI_BUTTON: button(["releasedLabel", "pressedLabel"], pressed),
  DDI_BASICBUTTON: button(["name"], selected),
  DDI_TOGGLE: toggle,
  DDI_SHOWRANGE: range(false),
  DDI_SETRANGE: range(true),
  DDI_ENTRY: entry,
  DDI_CHOICE: choice,
  DDI_ICON: picture("picture", words.stillPicture),
  DDI_ANIMATION: picture("moving-picture", words.movingPicture),
  DDI_TEXT: (element, item, texts) => [
    item.property({ type: "string" }, texts.get(contentKey(element["content"])), nothing),
  ],
  DDI_STATUS: (element, item) => [item.property({ type: "integer" }, numberIn(element, "currentStatus"), nothing)],
};

function choiceSchema(names: readonly string[]): DataSchema {
  const oneOf = names.map((name, index) => ({
    const: index,
    titles: both(name) ?? { en: String(index + 1), ja: String(index + 1) },
  }));
  return { type: "integer", oneOf };
}

function indexOf(value: Json, count: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < count) return value;
  throw notEncodable(value, `a whole number of 0 to ${count - 1}`);
}
