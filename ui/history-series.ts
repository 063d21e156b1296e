/** What the gateway answered as the columns that the chart draws, and what a value that comes while one looks adds to it. Pure. */

import type { HistoryAnswer, HistoryStep } from "../gateway-core/contract/history.ts";

/** Seconds since 1970, then the drawn columns: mean, least and most of what was measured; amounts of a total. */
export type Columns = [number[], ...(number | null)[][]];

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000, month: 31 * 86_400_000 };
export const stepMs = ({ unit, count }: HistoryStep): number => unitMs[unit] * count;

/** A bar stands in the middle of its step. */
export const middleMs = ({ kind, step }: HistoryAnswer): number => (kind === "total" ? stepMs(step) / 2 : 0);

/** A step of which nothing is known breaks the curve. */
export function columnsOf(answer: HistoryAnswer): Columns {
  if (answer.kind === "total") {
    const middle = middleMs(answer);
    return [answer.points.map(([at]) => (at + middle) / 1_000), answer.points.map(([, amount]) => amount)];
  }
  const longestMs = 1.5 * stepMs(answer.step);
  const columns: [number[], (number | null)[], (number | null)[], (number | null)[]] = [[], [], [], []];
  let before = Number.POSITIVE_INFINITY;
  for (const [at, mean, least, most] of answer.points) {
    if (at - before > longestMs) push(columns, [before / 1_000 + 1, null, null, null]);
    push(columns, [at / 1_000, mean, least, most]);
    before = at;
  }
  return columns;
}

function push([at, ...columns]: Columns, [moment, ...values]: readonly [number, ...(number | null)[]]): void {
  at.push(moment);
  columns.forEach((column, index) => void column.push(values[index] ?? null));
}

/** The answer with a value that was just told: a curve goes on, the last bar grows by what a counter rose. */
export function withValue(
  answer: HistoryAnswer,
  value: number,
  before: number | undefined,
  now: number,
): HistoryAnswer {
  if (answer.kind === "measured") {
    return { ...answer, to: now, points: [...answer.points, [now, value, value, value]] };
  }
  const last = answer.points.at(-1);
  const rise = before === undefined ? 0 : Math.max(0, value - before);
  if (last === undefined || rise === 0 || now - last[0] > stepMs(answer.step)) return answer;
  return { ...answer, points: [...answer.points.slice(0, -1), [last[0], last[1] + rise]] };
}
