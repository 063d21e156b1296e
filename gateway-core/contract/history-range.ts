/** The ranges of time that people look back on, and what is asked for each: by the page that needs no script and by the browser alike. Pure. */

import type { HistoryKind, HistoryQuery } from "./history.ts";

export const historyRanges = ["day", "week", "month", "year"] as const;
export type HistoryRange = (typeof historyRanges)[number];

const dayMs = 24 * 60 * 60_000;

type Asked = readonly [days: number, points: number];

/** A curve goes back from now; bars are whole hours, days and months, the last of which is not over yet. */
const asked: Readonly<Record<HistoryKind, Readonly<Record<HistoryRange, Asked>>>> = {
  measured: { day: [1, 288], week: [7, 336], month: [30, 360], year: [365, 366] },
  total: { day: [1, 25], week: [6, 7], month: [29, 30], year: [335, 12] },
};

/** A table that a person reads to its end. */
const inRows: Readonly<Record<HistoryRange, Asked>> = { day: [1, 25], week: [6, 7], month: [29, 30], year: [335, 12] };

export function historyQuery(
  kind: HistoryKind | "rows",
  range: HistoryRange,
  now: number,
): Pick<HistoryQuery, "from" | "to" | "points"> {
  const [days, points] = (kind === "rows" ? inRows : asked[kind])[range];
  return { from: now - days * dayMs, to: now, points };
}

export const isHistoryRange = (text: string | undefined): text is HistoryRange =>
  historyRanges.some((range) => range === text);
