/** Elements of a screen as a HAVi device sends them, for tests. */

import type { Json, JsonObject } from "../../../gateway-core/contract/json.ts";
import { elementKey } from "../../../gateway-core/ieee1394/havi/ddi-screen.ts";

export const content = { type: "UNICODE", handle: 5, size: 4 };
const bitmap = { type: "PNG", handle: 0, size: 0 };
export const of = (type: string, handle: number, more: JsonObject = {}): JsonObject => ({
  ...{
    type: `DDI_${type}`,
    id: { type: `DDI_${type}`, handle },
    name: "Name",
    interactivity: "ENABLED",
    optionals: [],
  },
  ...more,
});
export const toggle = (states: readonly string[], currentState: number, more: JsonObject = {}): JsonObject =>
  of("TOGGLE", 1, { states: states.map((name) => ({ name, bitmap })), currentState, ...more });
export const range = (type: string, more: JsonObject): JsonObject =>
  of(type, 2, { valueRange: 60, stepValue: 1, ...more });
export const choice = (chosen: readonly boolean[], more: JsonObject = {}): JsonObject =>
  of("CHOICE", 3, {
    choices: chosen.map((isChosen, index) => ({ name: `C${index}`, bitmap, isChosen })),
    ...{ choiceType: "EQUAL", choiceNumber: 1, ...more },
  });
export const time = { year: 2000, month: 1, day: 2, hour: 6, minute: 5, sec: 9, msec: 9 };
export const entry = (entryType: string, value: Json, more: JsonObject = {}): JsonObject =>
  of("ENTRY", 4, {
    entryType,
    qualifier: "VISIBLE",
    currentEntry: { type: entryType, value },
    maxCharsDigits: 3,
    ...more,
  });

export const panel = (type: string, handle: number, name: string, children: readonly JsonObject[]): JsonObject =>
  of(type, handle, { name, elements: children.map(({ id }) => id ?? null) });
export const keyed = (elements: readonly JsonObject[]) =>
  new Map(elements.map((element) => [elementKey(element["id"]), element]));
