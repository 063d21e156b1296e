/** Which control a property or an action gets, decided from its data schema alone. Pure. */

import type { ActionDescriptor, Branch, DataSchema, PropertyDescriptor, Texts } from "../contract/descriptor.ts";
import type { Option, TextWidget, Widget } from "../contract/page.ts";
import units from "./units.json" with { type: "json" };

/** How many steps a stepper has at most; more are a slider, but temperatures, which people set by the degree. */
const stepperSteps = 20;
const segments = 4;
const buttons = 8;
const defaultSettleSeconds = 10;
const onOff = { on: { en: "On", ja: "オン" }, off: { en: "Off", ja: "オフ" } };
const unitSymbols: Readonly<Record<string, string>> = units;

export function widgetOfProperty(property: PropertyDescriptor): Widget {
  const { titles } = property;
  const settleMs = settleMsOf(property);
  const words = wordsOf(property);
  const range = rangeOf(property);
  if (property.readOnly === true) return { titles, ...textWidget(property) };
  const [on, off] = [true, false].map((value) => words.find((option) => option.value === value));
  if (property.type === "boolean") {
    return {
      titles,
      widget: "switch",
      on: on ?? { value: true, titles: onOff.on },
      off: off ?? { value: false, titles: onOff.off },
      settleMs,
    };
  }
  if (range !== undefined) {
    const { minimum, maximum, step } = range;
    const unit = symbolOf(property.unit);
    const isStepped = (maximum - minimum) / step <= stepperSteps || unit.startsWith("°");
    return { titles, widget: isStepped ? "stepper" : "slider", minimum, maximum, step, unit, words, settleMs };
  }
  const settable = words.filter((option) => option.readOnly !== true).length;
  if (settable > 0) {
    const widget = settable <= segments ? "segmented" : settable <= buttons ? "buttons" : "select";
    return { titles, widget, options: words, settleMs };
  }
  if (isTimeOfDay(property)) return { titles, widget: "time", settleMs };
  return { titles, ...textWidget(property) };
}

/** @param told the property of the same role, which tells what the action takes */
export function widgetOfAction(action: ActionDescriptor, told?: string): Widget {
  const { titles, input } = action;
  const widget = { titles, widget: "action", confirm: action["gk:confirm"] === true } as const;
  if (input?.type !== "string" || input.pattern === undefined) return widget;
  return { ...widget, field: { pattern: input.pattern, ...(told === undefined ? {} : { from: told }) } };
}

function textWidget(schema: DataSchema & { readonly "gk:role"?: string }): TextWidget {
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const titles = member.titles ?? { en: member.title ?? name, ja: member.title ?? name };
    return [name, { titles, ...textWidget(member) }] as const;
  });
  return {
    widget: "text",
    unit: symbolOf(schema.unit),
    step: numberBranch(schema)?.multipleOf ?? 0,
    words: wordsOf(schema),
    role: schema["gk:role"] ?? "",
    ...(members.length > 0 ? { members: Object.fromEntries(members) } : {}),
    ...(schema.items === undefined ? {} : { items: textWidget(schema.items) }),
  };
}

export function settleMsOf({ "gk:settle": seconds = defaultSettleSeconds }: Partial<PropertyDescriptor>): number {
  return 1_000 * seconds;
}

export function wordsOf(schema: DataSchema): readonly Option[] {
  return (schema.oneOf ?? []).flatMap((branch) => {
    if (branch.const === undefined) return [];
    const { titles = plain(String(branch.const)), readOnly, "gk:deed": deed, "gk:confirm": asks } = branch;
    return [
      {
        ...{ value: branch.const, titles },
        ...(readOnly === true ? { readOnly } : {}),
        ...(deed === undefined ? {} : { deed }),
        ...(asks === true ? { asks } : {}),
      },
    ];
  });
}

const plain = (text: string): Texts => ({ en: text, ja: text });

/** A range with both ends: without them there is nothing to slide along. */
function rangeOf(schema: DataSchema): { minimum: number; maximum: number; step: number } | undefined {
  const { minimum, maximum, multipleOf = 1 } = numberBranch(schema) ?? {};
  if (minimum === undefined || maximum === undefined) return undefined;
  return { minimum, maximum, step: multipleOf };
}

function numberBranch(schema: DataSchema): Branch | DataSchema | undefined {
  return [schema, ...(schema.oneOf ?? [])].find(({ type }) => type === "number" || type === "integer");
}

/** Told by the pattern that descriptors give to times of day: it takes the last minute of a day and nothing later. */
function isTimeOfDay({ type, pattern }: DataSchema): boolean {
  if (type !== "string" || pattern === undefined) return false;
  const isTaken = (text: string): boolean => new RegExp(pattern).test(text);
  return isTaken("00:00") && isTaken("23:59") && !isTaken("24:00") && !isTaken("00:60");
}

/** A unit as people write it; one that is not in the table loses its prefix. */
function symbolOf(unit: string | undefined): string {
  if (unit === undefined) return "";
  return unitSymbols[unit] ?? unit.replace(/^\w+:/, "");
}
