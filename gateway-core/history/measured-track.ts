/** A measured value over time: it holds until another one is told, or its device falls silent. Pure but for its own memory. */

import { add, addHeld, floorTo, hourMs, minuteMs, type Spans } from "./span.ts";
import { type Gathered, type Track, takeAll } from "./track.ts";

/** Longer than between two words of whoever calls: the machine slept meanwhile, or its clock was set. */
const longestLeapMs = hourMs;

export function createMeasuredTrack(): Track {
  const gathered: Gathered = { minutes: new Map(), hours: new Map() };
  let value: number | undefined;
  let since = 0;
  let isAvailable = true;

  function reach(now: number): void {
    if (value !== undefined && isAvailable && now > since && now - since <= longestLeapMs) {
      addHeld(gathered.minutes, minuteMs, value, since, now);
      addHeld(gathered.hours, hourMs, value, since, now);
    }
    since = now;
  }

  return {
    kind: "measured",
    tell(next, at) {
      reach(at);
      value = next;
      if (next === undefined) return;
      const moment = { ms: 0, sum: 0, least: next, most: next };
      add(gathered.minutes, floorTo(at, minuteMs), moment);
      add(gathered.hours, floorTo(at, hourMs), moment);
    },
    setAvailable(next, at) {
      reach(at);
      isAvailable = next;
    },
    reach,
    gathered,
    take(now, isLast) {
      reach(now);
      return {
        minutes: takeMinutes(gathered.minutes, isLast ? undefined : floorTo(now, hourMs)),
        hours: takeAll(gathered.hours),
      };
    },
    reading: undefined,
  };
}

/**
 * Of an hour in which nothing changed its own span says all, and its minutes are never written: whether it is such an
 * hour shows when it is over. Of any other hour all minutes are written.
 */
function takeMinutes(minutes: Spans, currentHour: number | undefined): Spans {
  const taken: Spans = new Map();
  for (const [hour, entries] of Map.groupBy(minutes, ([at]) => floorTo(at, hourMs))) {
    const spans = entries.map(([, span]) => span);
    const [first] = spans;
    const isQuiet = spans.every(({ least, most }) => least === first?.least && most === first.least);
    if (isQuiet && hour === currentHour) continue;
    const isWhole = spans.reduce((sum, { ms }) => sum + ms, 0) >= hourMs;
    for (const [at, span] of entries) {
      if (!isQuiet || !isWhole) taken.set(at, span);
      minutes.delete(at);
    }
  }
  return taken;
}
