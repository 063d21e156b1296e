/** Words of a value: the codec's map from octets, and the branches that title them. Pure. */

import type { Branch, DataSchema, Texts } from "../../gateway-core/contract/descriptor.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import type { State } from "./data.ts";
import type { WordOverlay } from "./overlay.ts";
import type { Rules } from "./rules.ts";

export interface Form {
  readonly schema: DataSchema;
  readonly codec: Json;
}

/** What is known around a value while its form is made. */
export interface FormContext {
  readonly rules: Rules;
  readonly isReadOnly: boolean;
  /** Part of an object or array, where beyond-range codes are not told. */
  readonly isMember: boolean;
  /** How a person completed the words of this value, by the source's words. */
  readonly words: Readonly<Record<string, WordOverlay>>;
  /** The words of a member of this value. */
  members(name: string): Readonly<Record<string, WordOverlay>>;
  title(titles: Texts): Texts;
  /** The smallest value that an EPC of this class multiplies by; 1 when it is not known. */
  smallestOf(epc: string): number;
}

/** True and false are no words but a boolean. */
export function constOf(state: State, { words }: Pick<FormContext, "words">): string | number | boolean {
  if (state.value === "true") return true;
  if (state.value === "false") return false;
  return words[String(state.value)]?.as ?? state.value;
}

export function mapOf(states: readonly State[], context: FormContext): JsonObject {
  return Object.fromEntries(states.map((state) => [upper(state.edt), constOf(state, context)]));
}

function upper(edt: string): string {
  return `0x${edt.slice(2).toUpperCase()}`;
}

/** Words alone: a boolean, numbers or texts, each with its titles. */
export function wordSchema(states: readonly State[], context: FormContext): DataSchema {
  const values = states.map((state) => constOf(state, context));
  const kind = typeof values[0];
  const type = kind === "boolean" || kind === "number" ? kind : "string";
  return { type, oneOf: wordBranches(states, context) };
}

/** In the order in which a person wants to read them, else as the source has them; a word of several codes stands once. */
export function wordBranches(states: readonly State[], context: FormContext): readonly Branch[] {
  const order = Object.keys(context.words);
  const rank = (state: State): number => {
    const index = order.indexOf(String(state.value));
    return index < 0 ? order.length : index;
  };
  const branches = new Map<Json, Branch>();
  for (const state of states.toSorted((a, b) => rank(a) - rank(b))) {
    const value = constOf(state, context);
    if (!branches.has(value)) branches.set(value, branchOf(state, value, context));
  }
  return [...branches.values()];
}

function branchOf(state: State, value: string | number | boolean, { words, rules }: FormContext): Branch {
  const word = words[String(state.value)];
  const titles = word === undefined ? rules.wordTitles(state) : { en: word.en, ja: word.ja };
  const isReported = word?.readOnly ?? state.isReadOnly;
  return {
    ...{ const: value, titles },
    ...(isReported ? { readOnly: true } : {}),
    ...(word?.deed === undefined ? {} : { "gk:deed": word.deed }),
    ...(word?.confirm === undefined ? {} : { "gk:confirm": word.confirm }),
  };
}
