/** Follows one object for one subscriber: reads it once, takes what it announces, polls the rest, and says when it falls silent and when it is back. */

import type { Change } from "../contract/adapter.ts";
import type { Clock, Timer } from "../contract/clock.ts";
import { createMailbox } from "../contract/mailbox.ts";
import type { DeviceObject } from "./device-object.ts";
import { PollPlan } from "./poll-plan.ts";
import type { Translation } from "./property-translation.ts";

export interface ObjectWatch {
  readonly object: DeviceObject;
  readonly translation: Translation;
  readonly clock: Clock;
  /** Within this time without a sign of life the object is said to be unavailable. */
  readonly availabilityMs: number;
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

/** Parts of `availabilityMs`: how long without a sign of life before asking for one, and before giving it up, with room for what a tick takes. */
const parts = { tick: 1 / 8, ask: 1 / 4, giveUp: 3 / 4 };
/** What a set changes elsewhere in the device takes a moment to show. */
const settleMs = 1_000;
/** Every object has its operation status. */
const operationStatus = 0x80;

export async function* watchObject({
  object,
  translation,
  clock,
  availabilityMs,
  pollMs,
  signal,
}: ObjectWatch): AsyncGenerator<Change> {
  const mailbox = createMailbox<Change>(signal);
  const plan = new PollPlan(pollMs, translation.readable);
  const startedAt = clock.now();
  let available: boolean | undefined;
  /** The first reading after a start goes before the polls of others. */
  let isFresh = true;
  let reading: AbortController | undefined;
  let timer: Timer | undefined;

  const setAvailable = (is: boolean): void => {
    if (available === is) return;
    available = is;
    mailbox.put({ type: "availability", available: is });
  };

  /** Reads everything anew. What is being read gives way: it may be waiting for an answer that was never to come. */
  const begin = (): void => {
    isFresh = true;
    plan.restart();
    if (reading === undefined) check();
    else reading.abort();
  };

  /** Looks at the clock and does what is due; one reading at a time. */
  function check(): void {
    const now = clock.now();
    const quietMs = now - Math.max(object.heardAt, startedAt);
    if (quietMs >= parts.giveUp * availabilityMs) setAvailable(false);
    if (reading !== undefined) return;
    const due = available === false ? [] : plan.due(now);
    if (due.length > 0) void read(due);
    else if (quietMs >= parts.ask * availabilityMs) void read([operationStatus]);
  }

  async function read(epcs: readonly number[]): Promise<void> {
    reading = new AbortController();
    const { selectors } = translation;
    const priority = isFresh ? "get" : "poll";
    const call = { priority, selectors, signal: AbortSignal.any([signal, reading.signal]) } as const;
    isFresh = false;
    try {
      const { refused, silent } = await object.read(epcs, call);
      for (const epc of [...refused, ...silent]) plan.failed(epc, clock.now());
    } catch {
      // Silence shows in how long nothing was heard.
    } finally {
      reading = undefined;
    }
    if (isFresh && !signal.aborted) check();
  }

  const tick = (): void => {
    if (signal.aborted) return;
    check();
    timer = clock.after(Math.min(parts.tick * availabilityMs, pollMs / 2), tick);
  };

  const stop = object.listen({
    heard() {
      const isBack = available === false;
      setAvailable(true);
      if (isBack) begin();
    },
    told(epc, isChanged) {
      plan.told(epc, clock.now(), { isChanged });
      for (const [property, value] of translation.valuesOf(epc)) mailbox.put({ type: "value", property, value });
    },
    restarted: begin,
    written: () => plan.hasten(clock.now() + settleMs),
  });
  try {
    tick();
    yield* mailbox;
  } finally {
    stop();
    timer?.cancel();
  }
}
