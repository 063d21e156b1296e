/**
 * Follows one HAVi element for one subscriber: reads it once, again when it or an event manager tells of a change, polls
 * the rest; hands on what its screen shows; says when it has left or fallen silent, and when it is back.
 */

import type { Change } from "../contract/adapter.ts";
import type { Timer } from "../contract/clock.ts";
import { toHomeError } from "../contract/errors.ts";
import { createMailbox } from "../contract/mailbox.ts";
import { hasScreen } from "./havi/ddi-screen.ts";
import handles from "./havi/handles.json" with { type: "json" };
import { operationForm } from "./havi/operation-form.ts";
import { type HaviBindings, haviBindingsOf } from "./havi-binding.ts";
import { byCall, type HaviDeviceOptions, read } from "./havi-device.ts";
import type { HaviNews, HaviNewsItem } from "./havi-news.ts";

export interface HaviWatch extends HaviDeviceOptions {
  readonly news: HaviNews;
  readonly isPresent: () => boolean;
  /** Calls the listener when nodes or elements have come or gone, and when something was commanded. */
  readonly onNews: (listener: () => void) => () => void;
  readonly availabilityMs: number;
  readonly pollMs: number;
}

/** The part of `availabilityMs` after which silence is taken for absence. */
const giveUp = 3 / 4;
/** What tells its changes by itself is still asked now and then. */
const toldPolls = 10;
const guidDigits = 16;
const ping = operationForm("Msg", "Ping");

interface Question {
  /** None: only whether the element is still there. */
  readonly names: readonly string[];
  readonly events: readonly string[];
  readonly attributes: readonly number[];
  readonly pollMs: number;
  dueAt: number;
}

export async function* watchHavi(watch: HaviWatch): AsyncGenerator<Change> {
  const { clock, signal, screen, device } = watch;
  const { seid } = device.element;
  const mailbox = createMailbox<Change>(signal);
  const questions = questionsOf(watch);
  let available: boolean | undefined;
  let heardAt = clock.now();
  let timer: Timer | undefined;
  let isReading = false;

  const setAvailable = (is: boolean): void => {
    if (available === is) return;
    available = is;
    mailbox.put({ type: "availability", available: is });
  };
  const showValues = (): void => {
    for (const [property, value] of Object.entries(screen?.screen.values ?? {})) {
      mailbox.put({ type: "value", property, value });
    }
  };

  async function check(): Promise<void> {
    if (isReading || signal.aborted) return;
    isReading = true;
    timer?.cancel();
    for (let due = nextDue(); due !== undefined && watch.isPresent(); due = nextDue()) await answer(due);
    isReading = false;
    if (signal.aborted) return;
    if (!watch.isPresent()) return setAvailable(false);
    const soonest = Math.min(...questions.map(({ dueAt }) => dueAt));
    timer = clock.after(Math.max(0, soonest - clock.now()), () => void check());
  }

  const nextDue = (): Question | undefined =>
    signal.aborted ? undefined : questions.find(({ dueAt }) => dueAt <= clock.now());

  async function answer(question: Question): Promise<void> {
    question.dueAt = clock.now() + question.pollMs;
    try {
      const values = question.names.length === 0 ? await look() : await read(watch, question.names);
      heard();
      for (const [property, value] of values) if (value !== undefined) mailbox.put({ type: "value", property, value });
      await askToTell(question);
    } catch (thrown) {
      if (signal.aborted) return;
      // Who refuses is there.
      if (toHomeError(thrown).code !== "device-silent") heard();
      else if (clock.now() - heardAt >= giveUp * watch.availabilityMs) setAvailable(false);
    }
  }

  function heard(): void {
    heardAt = clock.now();
    setAvailable(true);
  }

  /** Whether the element is there; and its screen, which is fetched anew after a bus reset. */
  async function look(): Promise<ReadonlyMap<string, never>> {
    const { messenger } = watch;
    await messenger.call(`${seid.slice(0, guidDigits)}${handles.messaging}`, ping, { target: seid }, signal);
    await screen?.open(signal);
    return new Map<string, never>();
  }

  async function askToTell({ events, attributes }: Question): Promise<void> {
    for (const event of events) await watch.news.addEvent(seid.slice(0, guidDigits), event, signal);
    for (const attribute of attributes) await watch.news.addAttribute(seid, attribute, signal);
  }

  function ask(isMeant: (question: Question) => boolean): void {
    for (const question of questions) if (isMeant(question)) question.dueAt = 0;
    void check();
  }

  const stops = [
    watch.onNews(() => ask(() => true)),
    watch.news.follow(({ poster, event, attribute, screen: change }: HaviNewsItem) => {
      if (poster !== seid) return;
      if (change !== undefined) screen?.takeChange(change);
      else ask(({ events, attributes }) => isIn(events, event) || isIn(attributes, attribute));
    }),
    screen?.onChange((isForm) => {
      if (isForm) mailbox.put({ type: "description" });
      showValues();
    }),
  ];
  try {
    // It may have become another since it was described.
    if (screen !== undefined && !hasScreen(watch.descriptor, screen.screen)) mailbox.put({ type: "description" });
    showValues();
    void check();
    yield* mailbox;
  } finally {
    for (const stop of stops) stop?.();
    timer?.cancel();
  }
}

const isIn = <T>(list: readonly T[], one: T | undefined): boolean => one !== undefined && list.includes(one);

function questionsOf(watch: HaviWatch): Question[] {
  const bindings = haviBindingsOf(watch.descriptor);
  const readable = Object.keys(watch.descriptor.properties).filter(
    (name) => watch.descriptor.properties[name]?.writeOnly !== true && bindings.properties.get(name)?.get !== undefined,
  );
  const asked = [...byCall(readable, bindings).values()].map((names) => questionOf(names, bindings, watch.pollMs));
  return [{ names: [], events: [], attributes: [], pollMs: watch.pollMs, dueAt: 0 }, ...asked];
}

function questionOf(names: readonly string[], { properties }: HaviBindings, pollMs: number): Question {
  const bound = names.flatMap((name) => properties.get(name) ?? []);
  const events = bound.flatMap(({ event }) => event ?? []);
  const attributes = bound.flatMap(({ attribute }) => attribute ?? []);
  const wished = bound.flatMap((binding) => binding.pollMs ?? []);
  const isTold = events.length > 0 || attributes.length > 0;
  return {
    ...{ names, events, attributes, dueAt: 0 },
    pollMs: wished.length > 0 ? Math.min(...wished) : pollMs * (isTold ? toldPolls : 1),
  };
}
