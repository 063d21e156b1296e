/** Disposes of what foreign code made: it has its time for it, and nobody waits longer, or hears of what goes wrong then. */

import type { Clock } from "../contract/clock.ts";
import { within } from "../contract/within.ts";
import type { Faults } from "./faults.ts";

const patienceMs = 5_000;

/** Never rejects. What has no disposal is left as it is. */
export async function letGo(thing: unknown, clock: Clock, faults: Faults, call: string): Promise<void> {
  const late = () => faults.fault(call, `its disposal takes longer than ${patienceMs / 1_000} s`);
  try {
    await within({ clock, ms: patienceMs, signal: new AbortController().signal, late }, () => {
      const dispose: unknown = typeof thing === "object" && thing !== null && Reflect.get(thing, Symbol.asyncDispose);
      return typeof dispose === "function" ? Reflect.apply(dispose, thing, []) : undefined;
    });
  } catch (thrown) {
    faults.errorOf(thrown, `${call}, disposal`);
  }
}
