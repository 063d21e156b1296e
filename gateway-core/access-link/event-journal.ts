/**
 * Events of devices that the broker has not confirmed, on disk: the one thing that a snapshot after the next connection
 * does not tell anew. Bounded in number, octets and age; who rang the bell yesterday is news to nobody.
 */

import type { Host } from "../contract/clock.ts";
import { isJsonObject, type Json } from "../contract/json.ts";

const name = "remote-events";
const mostEvents = 200;
const mostOctets = 64 * 1024;
const oldestMs = 24 * 60 * 60_000;

export interface KeptEvent {
  readonly id: string;
  readonly topic: string;
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface EventJournal {
  /** Whether somebody outside wanted the home's topics when that was last known. */
  readonly isWanted: boolean;
  /** Nobody: then nothing is kept either, as MQTT keeps events for nobody. */
  setWanted(isWanted: boolean): void;
  /** In the order in which they happened. */
  list(): readonly KeptEvent[];
  /** Durable when it returns. The oldest give way. */
  add(topic: string, payload: string): KeptEvent;
  /** The broker has it. */
  remove(id: string): void;
}

export function openEventJournal({ clock, ids, memory, log }: Host): EventJournal {
  let { isWanted, events } = parseKept(memory.read(name));

  const write = (): void => memory.write(name, { isWanted, events: events.map((event) => ({ ...event })) });
  const isYoung = ({ at }: KeptEvent): boolean => clock.now() - at < oldestMs;

  function shorten(): void {
    const before = events.length;
    events = events.filter(isYoung);
    while (events.length > mostEvents || octetsOf(events) > mostOctets) events = events.slice(1);
    if (events.length < before) log.write("warn", "events-not-kept", { count: before - events.length });
  }

  return {
    get isWanted() {
      return isWanted;
    },
    setWanted(next) {
      if (next === isWanted && (next || events.length === 0)) return;
      isWanted = next;
      if (!next) events = [];
      write();
    },
    list: () => events.filter(isYoung),
    add(topic, payload) {
      const event = { id: ids.fresh(), topic, payload, at: clock.now() };
      events = [...events, event];
      shorten();
      write();
      return event;
    },
    remove(id) {
      const others = events.filter((event) => event.id !== id);
      if (others.length === events.length) return;
      events = others;
      write();
    },
  };
}

const octetsOf = (events: readonly KeptEvent[]): number =>
  events.reduce((sum, { topic, payload }) => sum + Buffer.byteLength(topic) + Buffer.byteLength(payload), 0);

/** What is kept in another form is as good as nothing. */
function parseKept(kept: Json | undefined): { isWanted: boolean; events: readonly KeptEvent[] } {
  const { isWanted, events } = isJsonObject(kept) ? kept : {};
  const rows: readonly Json[] = Array.isArray(events) ? events : [];
  return { isWanted: isWanted === true, events: rows.flatMap(readEvent) };
}

function readEvent(row: Json): readonly KeptEvent[] {
  const { id, topic, payload, at } = isJsonObject(row) ? row : {};
  const isEvent = typeof id === "string" && typeof topic === "string" && typeof payload === "string";
  return isEvent && typeof at === "number" ? [{ id, topic, payload, at }] : [];
}
