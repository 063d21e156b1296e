/** Follows an iterable of foreign code: it ends with its signal whatever the iterable does, and lets others have their turn. */

import { type Clock, sleep } from "../contract/clock.ts";
import type { HomeError } from "../contract/errors.ts";

export interface ForeignItems {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** @throws whatever foreign code throws */
  readonly open: () => unknown;
  /** What an item weighs; a second carries at most so much, and what comes faster waits. */
  readonly weigh: (item: unknown) => number;
  readonly mostInSecond: number;
  readonly onFlood: () => void;
  /** It is no iterable. */
  readonly shape: () => HomeError;
}

interface Steps {
  next(): unknown;
  return?(): unknown;
}

/** The iterable is opened, and asked for its first item, at once with the first `next`. */
export async function* foreignItems(options: ForeignItems): AsyncGenerator<unknown> {
  const { clock, signal, open, weigh, mostInSecond, onFlood, shape } = options;
  const steps = stepsOf(open()) ?? fail(shape());
  let wake = (): void => undefined;
  const onAbort = (): void => wake();
  signal.addEventListener("abort", onAbort, { once: true });
  let [second, weight] = [clock.now(), 0];
  try {
    while (!signal.aborted) {
      const asked = steps.next();
      // One promise for each step: what waits on one that lives as long as the signal would never be collected.
      const step = await new Promise<unknown>((resolve, reject) => {
        wake = () => resolve(undefined);
        Promise.resolve(asked).then(resolve, reject);
        if (signal.aborted) wake();
      });
      if (signal.aborted) return;
      if (!isStep(step)) throw shape();
      if (step.done === true) return;
      const passedMs = clock.now() - second;
      if (passedMs >= 1_000 || passedMs < 0) [second, weight] = [clock.now(), 0];
      weight += weigh(step.value);
      yield step.value;
      if (weight < mostInSecond) continue;
      onFlood();
      await sleep(clock, Math.min(1_000, Math.max(1, second + 1_000 - clock.now())), signal).catch(() => undefined);
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    leave(steps);
  }
}

/** Nobody waits for how an iterable ends that nobody wants any more. */
function leave(steps: Steps): void {
  try {
    Promise.resolve(steps.return?.()).catch(() => undefined);
  } catch {
    // It is left all the same.
  }
}

function stepsOf(iterable: unknown): Steps | undefined {
  if (typeof iterable !== "object" || iterable === null || !(Symbol.asyncIterator in iterable)) return undefined;
  const begin: unknown = iterable[Symbol.asyncIterator];
  if (typeof begin !== "function") return undefined;
  const steps: unknown = Reflect.apply(begin, iterable, []);
  return isSteps(steps) ? steps : undefined;
}

const isSteps = (value: unknown): value is Steps =>
  typeof value === "object" &&
  value !== null &&
  "next" in value &&
  typeof value.next === "function" &&
  (!("return" in value) || value.return === undefined || typeof value.return === "function");

const isStep = (value: unknown): value is { readonly done?: unknown; readonly value?: unknown } =>
  typeof value === "object" && value !== null;

function fail(error: HomeError): never {
  throw error;
}
