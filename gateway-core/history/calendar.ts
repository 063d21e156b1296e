/** Where the steps of a curve begin: minutes and hours counted from midnight, days and months of the calendar, at a place's own time. Pure. */

import { HomeError } from "../contract/errors.ts";
import type { HistoryStep } from "../contract/history.ts";
import { floorTo, hourMs, minuteMs } from "./span.ts";

const dayMs = 24 * hourMs;
/** The shortest that a month may be, for counting how many there are. */
const monthMs = 28 * dayMs;

const ladder: readonly HistoryStep[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => ({ unit: "minute", count }) as const),
  ...[1, 2, 3, 6, 12].map((count) => ({ unit: "hour", count }) as const),
  ...[1, 7].map((count) => ({ unit: "day", count }) as const),
  ...[1, 3, 12, 120].map((count) => ({ unit: "month", count }) as const),
];

const unitMs = { minute: minuteMs, hour: hourMs, day: dayMs, month: monthMs };
const lengthOf = ({ unit, count }: HistoryStep): number => unitMs[unit] * count;

/** The finest step, not finer than `finestMs`, of which no more than `points` reach from one moment to the other. */
export function stepFor(from: number, to: number, points: number, finestMs: number): HistoryStep {
  const fits = ladder.find((step) => lengthOf(step) >= finestMs && Math.ceil((to - from) / lengthOf(step)) <= points);
  return fits ?? { unit: "month", count: 120 };
}

/** Where steps begin, from the one that `from` lies in, up to the first that begins at or after `to`, which ends the last. */
export function edgesOf(from: number, to: number, step: HistoryStep, zone: string | undefined): readonly number[] {
  const place = placeOf(zone);
  const edgeAt =
    step.unit === "day" || step.unit === "month" ? calendarEdges(from, step, place) : clockEdges(from, step, place);
  const edges = [edgeAt(0)];
  for (let index = 1; edges.length < 2 || (edges.at(-1) ?? to) < to; index++) edges.push(edgeAt(index));
  return edges;
}

/** Minutes and hours go on evenly, whatever the place's clocks are set to meanwhile. */
function clockEdges(from: number, { unit, count }: HistoryStep, place: Place): (index: number) => number {
  const local = place.localOf(from);
  const ms = unitMs[unit] * count;
  const first = from - ((local - floorTo(local, dayMs)) % ms);
  return (index) => first + index * ms;
}

function calendarEdges(from: number, { unit, count }: HistoryStep, place: Place): (index: number) => number {
  const local = place.localOf(from);
  const day = floorTo(local, dayMs);
  if (unit === "day") return (index) => place.instantOf(day + index * count * dayMs);
  const date = new Date(local);
  const month = floorTo(date.getUTCMonth(), Math.min(count, 12));
  return (index) => place.instantOf(Date.UTC(date.getUTCFullYear(), month + index * count));
}

interface Place {
  localOf(at: number): number;
  instantOf(local: number): number;
}

const places = new Map<string, Place>();
const mostPlaces = 64;

/** @throws HomeError `value-invalid` for a zone that nobody knows. */
function placeOf(zone = ""): Place {
  const known = places.get(zone);
  if (known !== undefined) return known;
  const format = formatOf(zone);
  const localOf = (at: number): number => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const whole = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return whole + (((at % 1_000) + 1_000) % 1_000);
  };
  /** Twice: the offset is that of the moment itself, not of its neighbour across a change of clocks. */
  const instantOf = (local: number): number => {
    const near = local - (localOf(local) - local);
    return local - (localOf(near) - near);
  };
  if (places.size >= mostPlaces) places.clear();
  const place = { localOf, instantOf };
  places.set(zone, place);
  return place;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const numeric = "numeric" as const;
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
  try {
    return new Intl.DateTimeFormat("en-u-hc-h23-ca-gregory", { ...fields, ...(zone === "" ? {} : { timeZone: zone }) });
  } catch (cause) {
    throw new HomeError("value-invalid", `there is no time zone "${zone}"`, { zone }, cause);
  }
}
