/** Measurements of a described device wander as time passes; what is counted only grows. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import { every } from "../every.ts";
import type { Random } from "../random.ts";
import type { DescribedObject } from "./described-object.ts";
import type { DescribedProperty } from "./described-property.ts";
import { bandOf, onStep } from "./plausible-value.ts";
import { numberRange } from "./value-range.ts";

/** Not all at once: each device has a beat of its own around this. */
const meanStepMs = 10_000;
/** Which part of its band a measurement moves by at most in one step. */
const liveliness = 0.04;

/** Moves every number that is worth a history, until the signal aborts. */
export function startDrift(described: DescribedObject, clock: Clock, signal: AbortSignal, random: Random): void {
  const moving = described.properties.filter(({ schema }) => schema["gk:history"] === true);
  if (moving.length === 0) return;
  const stepMs = Math.round(meanStepMs * (0.8 + 0.4 * random()));
  every(clock, stepMs, signal, () => {
    for (const property of moving) move(described, property, stepMs, random);
  });
}

function move(
  { object, properties }: DescribedObject,
  property: DescribedProperty,
  stepMs: number,
  random: Random,
): void {
  const { epc, codec, schema } = property;
  const now = codec.decode(object.tell(epc) ?? new Uint8Array());
  if (typeof now !== "number") return;
  const [lowest, highest] = bandOf(schema);
  const { step } = numberRange(schema) ?? { step: 1 };
  const watts = numberNamed("power.instant");
  const grown = now + (Math.max(watts, 0) * stepMs) / 3_600_000_000;
  const wandered = now + (random() * 2 - 1) * Math.max(liveliness * (highest - lowest), step);
  const next = isCounted(property) ? grown + random() * step : Math.min(Math.max(wandered, lowest), highest);
  const edt = codec.encode(onStep(next, step));
  if (edt !== undefined) object.put(epc, edt);

  function numberNamed(role: string): number {
    const of = properties.find((one) => one.schema["gk:role"] === role);
    const value = of?.codec.decode(object.tell(of.epc) ?? new Uint8Array());
    return typeof value === "number" ? value : 0;
  }
}

/** Energy since it was made, and whatever else is called cumulative. */
function isCounted({ name, schema }: DescribedProperty): boolean {
  return schema["gk:role"] === "energy.total" || /^(cumulative|integral|total)/i.test(name);
}
