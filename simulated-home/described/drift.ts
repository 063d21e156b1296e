/** Measurements of a described device wander as time passes; what is counted only grows. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { every } from "../every.ts";
import type { Random } from "../random.ts";
import type { DescribedObject } from "./described-object.ts";
import type { DescribedProperty } from "./described-property.ts";
import { bandOf, onStep } from "./plausible-value.ts";
import { clipped, numberRange } from "./value-range.ts";

/** Not all at once: each device has a beat of its own around this. */
const meanStepMs = 10_000;
/** Which part of the width of its usual band a measurement moves by at most in one step. */
const liveliness = 0.04;
/** Which part of the way back to where it was at first it goes in one step; quicker when it is switched off. */
const homesickness = 0.05;
const collapse = 0.6;

/** Moves every number that is worth a history, until the signal aborts. */
export function startDrift(described: DescribedObject, clock: Clock, signal: AbortSignal, random: Random): void {
  const { object, properties } = described;
  const moving = properties.filter(({ schema }) => schema["gk:history"] === true);
  if (moving.length === 0) return;
  const first = new Map<number, number>();
  const held = ({ epc, codec }: DescribedProperty): Json | undefined =>
    codec.decode(object.tell(epc) ?? new Uint8Array());
  const ofRole = (role: string): Json | undefined => {
    const property = properties.find(({ schema }) => schema["gk:role"] === role);
    return property && held(property);
  };
  const stepMs = Math.round(meanStepMs * (0.8 + 0.4 * random()));

  function move(property: DescribedProperty): void {
    const { epc, codec, schema } = property;
    const now = held(property);
    if (typeof now !== "number") return;
    const base = first.get(epc) ?? now;
    first.set(epc, base);
    const range = numberRange(schema) ?? { minimum: now, maximum: now, step: 1 };
    const watts = Number(ofRole("power.instant") ?? 0);
    const next = isCounted(property)
      ? now + (watts * stepMs) / 3_600_000_000 + random() * range.step
      : now + wander(property, now, base, range.step);
    const edt = codec.encode(onStep(clipped(next, range), range.step));
    if (edt !== undefined) object.put(epc, edt);
  }

  function wander({ schema }: DescribedProperty, now: number, base: number, step: number): number {
    const isIdle = schema["gk:role"] === "power.instant" && ofRole("power") === false;
    if (isIdle) return -collapse * now;
    const [lowest, highest] = bandOf(schema);
    const noise = (random() * 2 - 1) * Math.max(liveliness * (highest - lowest), step);
    return noise + homesickness * (base - now);
  }

  every(clock, stepMs, signal, () => moving.forEach(move));
}

/** Energy since it was made, and whatever else is called cumulative. */
function isCounted({ name, schema }: DescribedProperty): boolean {
  return schema["gk:role"] === "energy.total" || /^(cumulative|integral|total)/i.test(name);
}
