/**
 * Asks the provider for the descriptors that the house wants, one after the other, and again later with back-off where there
 * is none yet; sooner when the provider says that there is news (docs/descriptors.md, "From the access broker").
 */

import type { Host, Timer } from "../contract/clock.ts";
import type { DescriptorKey } from "../contract/descriptor.ts";
import type { DescriptorEvent, DescriptorsWanted, LookUp } from "../contract/descriptor-events.ts";
import { keyText } from "../contract/descriptor-match.ts";
import { type GatewayFacts, isMatch, type SignedStatement } from "../contract/descriptor-offer.ts";
import type { DescriptorAnswer, DescriptorQuery as Query } from "../contract/descriptor-query.ts";
import { toHomeError } from "../contract/errors.ts";
import type { DownMessage, UpMessage } from "../contract/link.ts";
import type { LearnedDescriptors } from "./learned-descriptors.ts";

export interface DescriptorQuery {
  /** What the house wants, from the wire. */
  receive(wanted: DescriptorsWanted): void;
  /** No wire says any more what is wanted. */
  forget(): void;
  /** The link stands, and this is how to speak (what was heard before counts); undefined: it is down. */
  setLine(tell: ((message: UpMessage) => void) | undefined): void;
  hear(message: DownMessage): void;
  /** All that is to be told at once. */
  snapshot(): DescriptorEvent;
  onEvent(listener: (event: DescriptorEvent) => void): () => void;
  close(): void;
}

export interface DescriptorQueryOptions {
  readonly host: Pick<Host, "clock" | "ids" | "log">;
  readonly gateway: GatewayFacts;
  readonly learned: LearnedDescriptors;
}

/** More makes of devices than a home has: what the LAN can make us ask is bounded. */
const mostKeys = 300;
const patienceMs = 30_000;
/** Between an answer and the next question. */
const gapMs = 250;
/** So that homes that hear of news together do not ask together. */
const newsSpreadMs = 2_000;
const firstAgainMs = 60 * 60_000;
const longestAgainMs = 24 * 60 * 60_000;
const firstSilentMs = 60_000;

interface Entry {
  readonly key: DescriptorKey;
  readonly protocol: string;
  readonly matched: number;
  state: LookUp | "known";
  /** When it is asked next; milliseconds since 1970. */
  dueAt: number;
  /** Answers in a row that brought nothing. */
  failures: number;
}

interface Pending {
  readonly id: string;
  readonly entry: Entry;
  readonly timer: Timer;
}

export function createDescriptorQuery({ host, gateway, learned }: DescriptorQueryOptions): DescriptorQuery {
  const { clock, ids, log } = host;
  const entries = new Map<string, Entry>();
  const listeners = new Set<(event: DescriptorEvent) => void>();
  const warned = new Set<string>();
  let tell: ((message: UpMessage) => void) | undefined;
  /** How new the provider's database is; undefined until it says so: one that never does knows no such questions. */
  let sequence: number | undefined;
  /** It has said so since the link was made. */
  let isAnswering = false;
  let pending: Pending | undefined;
  let pausedUntil = 0;
  let next: Timer | undefined;

  const emit = (event: DescriptorEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const tellAsked = (): void => {
    const asked = [...entries.values()].flatMap(({ key, state }) => (state === "known" ? [] : [{ key, state }]));
    emit({ type: "asked", asked });
  };
  const setState = (entry: Entry, state: Entry["state"]): void => {
    if (entry.state === state) return;
    entry.state = state;
    tellAsked();
  };
  const later = (firstMs: number, failures: number): number =>
    clock.now() + Math.min(longestAgainMs, firstMs * 2 ** failures) * (0.5 + ids.fraction() / 2);

  /** The next question, when it is time; at most one is under way. */
  function pump(): void {
    next?.cancel();
    if (tell === undefined || !isAnswering || pending !== undefined) return;
    const due = [...entries.values()].toSorted((a, b) => a.dueAt - b.dueAt || a.matched - b.matched)[0];
    if (due === undefined) return;
    const waitMs = Math.max(due.dueAt, pausedUntil) - clock.now();
    if (waitMs > 0) {
      next = clock.after(waitMs, pump);
      return;
    }
    const { key, matched } = due;
    const id = ids.fresh();
    const body: Query = { id, gateway, key, matched, has: learned.bestFor(key) ?? null };
    pending = { id, entry: due, timer: clock.after(patienceMs, giveUp) };
    tell({ topic: "up/descriptor", body });
  }

  function settle(): void {
    pending?.timer.cancel();
    pending = undefined;
    pausedUntil = clock.now() + gapMs;
    pump();
  }

  function giveUp(): void {
    if (pending === undefined) return;
    const { entry } = pending;
    entry.dueAt = later(firstSilentMs, entry.failures++);
    settle();
  }

  /** Nothing better is there now. */
  function leaveAsIs(entry: Entry): void {
    entry.dueAt = later(firstAgainMs, entry.failures++);
    setState(entry, learned.bestFor(entry.key) === undefined ? "unknown" : "known");
  }

  function take(answer: DescriptorAnswer): void {
    if (pending?.id !== answer.id) return;
    const { entry } = pending;
    settle();
    const event = answer.answer === "signed" ? learn(answer, entry.key) : undefined;
    if (event !== undefined) emit(event);
    if (answer.answer === "unchanged" || event?.type === "descriptor") {
      entry.failures = 0;
      entry.dueAt = later(longestAgainMs, 0);
      setState(entry, "known");
    } else leaveAsIs(entry);
  }

  /** Undefined when it brings nothing new, or is refused: that is said once for each reason. */
  function learn(signed: SignedStatement, key: DescriptorKey): DescriptorEvent | undefined {
    try {
      const event = learned.accept(signed, key);
      if (event !== undefined) log.write("info", "descriptor-learned", { what: event.type, key });
      return event;
    } catch (thrown) {
      const error = toHomeError(thrown).toBody();
      const reason = `${error.code} ${error["reason"] ?? ""}`;
      if (!warned.has(reason)) log.write("warn", "descriptor-refused", { error });
      warned.add(reason);
      return undefined;
    }
  }

  /** Another number than before: whatever was answered may be answered otherwise now. */
  function hearNews(now: number): void {
    isAnswering = true;
    if (now !== sequence) {
      const dueAt = sequence === undefined ? clock.now() : clock.now() + ids.fraction() * newsSpreadMs;
      for (const entry of entries.values()) Object.assign(entry, { dueAt, failures: 0 });
      sequence = now;
    }
    pump();
  }

  return {
    receive({ protocol, wanted }) {
      const listed = new Map(wanted.filter(({ key }) => isMatch(key)).map((one) => [keyText(one.key), one]));
      for (const [text, entry] of entries) if (entry.protocol === protocol && !listed.has(text)) entries.delete(text);
      for (const [text, { key, matched }] of listed) {
        if (entries.has(text) || entries.size >= mostKeys) continue;
        const state = learned.bestFor(key) === undefined ? "asking" : "known";
        entries.set(text, { key, protocol, matched, state, dueAt: clock.now(), failures: 0 });
      }
      tellAsked();
      pump();
    },
    forget() {
      entries.clear();
      pending?.timer.cancel();
      pending = undefined;
      tellAsked();
    },
    setLine(line) {
      tell = line;
      pending?.timer.cancel();
      pending = undefined;
      next?.cancel();
      if (line === undefined) isAnswering = false;
      else pump();
    },
    hear(message) {
      if (message.topic === "down/descriptors") hearNews(message.body.sequence);
      else if (message.topic === "down/descriptor") take(message.body);
    },
    snapshot: () => ({ type: "learned", descriptors: learned.list() }),
    onEvent(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      this.setLine(undefined);
      listeners.clear();
    },
  };
}
