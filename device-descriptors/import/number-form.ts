/** Numbers and steps: their ranges as people see them, and the codes beyond a range that the appendix only implies. Pure. */

import type { Branch, DataSchema } from "../../gateway-core/contract/descriptor.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import type { LevelData, NumberData, State } from "./data.ts";
import { constOf, type Form, type FormContext, wordBranches } from "./word-form.ts";

/** Smaller steps than any device has are noise of several tiny coefficients multiplied. */
const smallestStep = 1e-6;

/** `isBounded`: other numbers share the octets, so that only codes within the range are this one's. */
export function numberForm(data: NumberData, states: readonly State[], context: FormContext, isBounded = false): Form {
  const { octets, isSigned, minimum, maximum, multiple, unit, coefficient } = data;
  const special = [...states, ...beyondRange(data, states, context)];
  const step = coefficient.reduce((product, epc) => product * context.smallestOf(epc), multiple);
  const range = {
    minimum: scaled(minimum, multiple),
    ...(coefficient.length === 0 ? { maximum: scaled(maximum, multiple) } : {}),
    ...(step < smallestStep ? {} : { multipleOf: scaled(1, step) }),
  };
  const name = context.rules.unit(unit);
  return {
    schema: withWords(range, special, context, name),
    codec: {
      num: `${isSigned ? "" : "u"}int${8 * octets}`,
      ...(multiple === 1 ? {} : { scale: multiple }),
      ...(coefficient.length === 0 ? {} : { coefficient: [...coefficient] }),
      ...specialOf(special, context),
      ...(isBounded ? { minimum, maximum } : {}),
    },
  };
}

/** Steps count from 1. */
export function levelForm(data: LevelData, states: readonly State[], context: FormContext, isBounded = false): Form {
  const { octets, base, count } = data;
  const offset = 1 - base;
  return {
    schema: withWords({ minimum: 1, maximum: count, multipleOf: 1 }, states, context, undefined),
    codec: {
      num: `uint${8 * octets}`,
      ...(offset === 0 ? {} : { offset }),
      ...specialOf(states, context),
      ...(isBounded ? { minimum: base, maximum: base + count - 1 } : {}),
    },
  };
}

/** Steps beside another number are texts of their own: "+3" above the automatic setting, "level3". */
export function relativeForm({ octets, base, count }: LevelData, { rules }: FormContext): Form {
  const sign = rules.signOfLevel({ octets, base });
  const prefix = sign === "" ? "level" : sign;
  return {
    schema: { type: "string", pattern: `^${prefix.replace("+", "\\+")}[1-9][0-9]{0,3}$` },
    codec: { num: `uint${8 * octets}`, offset: 1 - base, prefix, minimum: base, maximum: base + count - 1 },
  };
}

function withWords(
  range: Pick<Branch, "minimum" | "maximum" | "multipleOf">,
  states: readonly State[],
  context: FormContext,
  unit: string | undefined,
): DataSchema {
  const number = { type: "number", ...range };
  const words = wordBranches(states, context);
  const shape: DataSchema = words.length === 0 ? number : { oneOf: [number, ...words] };
  return { ...shape, ...(unit === undefined ? {} : { unit }) };
}

function specialOf(states: readonly State[], context: FormContext): { special?: { [edt: string]: Json } } {
  if (states.length === 0) return {};
  return { special: Object.fromEntries(states.map((state) => [state.edt, constOf(state, context)])) };
}

/** A measured number uses the two ends of its format for "above" and "below" its range, where nothing else does. */
function beyondRange(
  data: NumberData,
  states: readonly State[],
  { rules, isReadOnly, isMember }: FormContext,
): State[] {
  if (!isReadOnly || isMember) return [];
  const { octets, isSigned, minimum, maximum, hasOverflow, hasUnderflow } = data;
  const span = 2 ** (8 * octets);
  const [over, under] = isSigned ? [span / 2 - 1, -span / 2] : [span - 1, span - 2];
  const taken = new Set(states.map(({ edt }) => Number(edt)));
  const ends: readonly (readonly [boolean, number, "overflow" | "underflow"])[] = [
    [hasOverflow, over, "overflow"],
    [hasUnderflow, under, "underflow"],
  ];
  return ends
    .map(([isUsed, code, word]) => ({ isUsed, code, raw: code < 0 ? code + span : code, word }))
    .filter(({ isUsed, code, raw }) => isUsed && (code > maximum || code < minimum) && !taken.has(raw))
    .map(({ raw, word }) => ({
      edt: `0x${raw
        .toString(16)
        .toUpperCase()
        .padStart(2 * octets, "0")}`,
      value: word,
      titles: rules.beyond[word],
      isReadOnly: true,
    }));
}

/** 999999999 × 0.001 is 999999.999 to a person. */
function scaled(raw: number, multiple: number): number {
  return Number((raw * multiple).toPrecision(15));
}
