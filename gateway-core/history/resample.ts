/** Makes of kept spans what a curve of wider or other steps shows: extremes stay, and what was used adds up to the same. Pure. */

import type { MeasuredPoint, TotalPoint } from "../contract/history.ts";
import { join, type Span } from "./span.ts";

export interface Stretch extends Span {
  readonly at: number;
  /** From `at` on. */
  readonly lengthMs: number;
}

export interface Bucket extends Span {
  readonly at: number;
}

/** `edges` rise; each two neighbours hold a bucket. A stretch that lies across an edge is shared out evenly. */
export function resample(stretches: readonly Stretch[], edges: readonly number[]): readonly Bucket[] {
  const sorted = stretches.toSorted((a, b) => a.at - b.at);
  const buckets = new Map<number, Span>();
  let first = 0;
  for (const { at, lengthMs, ...span } of sorted) {
    while (first < edges.length - 2 && (edges[first + 1] ?? 0) <= at) first++;
    for (let index = first; index < edges.length - 1; index++) {
      const [begin = 0, end = 0] = [edges[index], edges[index + 1]];
      if (begin >= at + lengthMs) break;
      const share = Math.max(0, Math.min(end, at + lengthMs) - Math.max(begin, at)) / lengthMs;
      if (share > 0)
        buckets.set(begin, join(buckets.get(begin), { ...span, ms: span.ms * share, sum: span.sum * share }));
    }
  }
  return edges.flatMap((at) => {
    const span = buckets.get(at);
    return span === undefined ? [] : [{ at, ...span }];
  });
}

/** What was there for no time at all has no mean of its own: the middle of its extremes stands for it. */
export const measuredPoint = ({ at, ms, sum, least, most }: Bucket): MeasuredPoint => {
  const mean = ms > 0 ? sum / ms : (least + most) / 2;
  // What arithmetic leaves behind the last digit is no reason to leave the extremes.
  return [at, short(Math.min(most, Math.max(least, mean))), short(least), short(most)];
};

export const totalPoint = ({ at, sum }: Bucket): TotalPoint => [at, short(sum)];

/** No more digits than any meter has; what arithmetic leaves behind them is nothing that was measured. */
const short = (value: number): number => Number(value.toPrecision(9));
