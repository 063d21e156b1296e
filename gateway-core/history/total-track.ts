/** A counter over time: by how much it rose, hour by hour. Pure but for its own memory. */

import { riseOf } from "./rise.ts";
import { add, addRise, floorTo, hourMs } from "./span.ts";
import { type Gathered, type Reading, type Track, takeAll } from "./track.ts";

/** Of a longer absence nobody can say in which hour what was used. */
const longestAwayMs = 31 * 24 * hourMs;
const nothing = { ms: 0, sum: 0, least: 0, most: 0 };

/** `known` is what an earlier gateway saw last; `end` as riseOf has it. */
export function createTotalTrack(known?: Reading, end?: number): Track {
  const gathered: Gathered = { minutes: new Map(), hours: new Map() };
  let reading = known;
  let isAvailable = true;
  /** Whether it was heard since this track began: until then nobody knows that it stands still. */
  let isHeard = false;

  function reach(now: number): void {
    if (reading === undefined || !isHeard || !isAvailable) return;
    reading = { ...reading, seenAt: now };
    // That nothing was used is worth to be known, too.
    add(gathered.hours, floorTo(now, hourMs), nothing);
  }

  return {
    kind: "total",
    tell(value, at) {
      if (value === undefined) return;
      isHeard = true;
      if (reading?.value === value) return reach(at);
      if (reading !== undefined) {
        // While somebody looked on, what came came lately; while nobody did, it may have come at any time.
        const from = Math.max(reading.changedAt, reading.seenAt - hourMs);
        const isKnown = from < at && at - from <= longestAwayMs;
        addRise(gathered.hours, hourMs, riseOf(reading.value, value, end), isKnown ? from : at, at);
      }
      reading = { value, changedAt: at, seenAt: at };
    },
    setAvailable(next, at) {
      reach(at);
      isAvailable = next;
    },
    reach,
    gathered,
    take(now) {
      reach(now);
      return { minutes: new Map(), hours: takeAll(gathered.hours) };
    },
    get reading() {
      return reading;
    },
  };
}
