/** How a history says things: when a step was, what it showed, and the whole in one sentence. The gateway's HTML and the browser say the same. Pure. */

import type { HistoryAnswer, HistoryStep } from "./history.ts";
import type { HistoryRange } from "./history-range.ts";
import type { HistoryTexts } from "./history-texts.ts";
import type { Widget } from "./page.ts";
import { fill, type Language, type Speech } from "./page-texts.ts";
import { say, sayWhole } from "./page-words.ts";

/** "14:00" of today, "Wed 14:00" of another day, "Wed 25 Nov", "November 2026"; in the zone of the machine that says it. */
export function sayStep(at: number, step: HistoryStep, now: number, language: Language): string {
  const day = { weekday: "short", day: "numeric", month: "short" } as const;
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const told = (options: Intl.DateTimeFormatOptions): string => new Date(at).toLocaleString(language, options);
  if (step.unit === "month") return told({ month: "long", year: "numeric" });
  if (step.unit === "day") return told(day);
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return told(isToday ? clock : { ...day, ...clock });
}

/** A value of the history, said as the device's own is; a mean of whole numbers is told to a tenth of one, no finer. */
export function sayPoint(widget: Widget, value: number, speech: Speech): string {
  const told = Number(value.toPrecision(4));
  if (!("step" in widget)) return sayWhole(widget, told, speech);
  if (widget.step === 0) return sayWhole(widget, told, speech);
  const isFine = widget.step === 1 && !Number.isInteger(told) && Math.abs(told) < 100;
  return sayWhole(isFine ? { ...widget, step: 0.1 } : widget, value, speech);
}

/** A round number with its unit, as an axis has it: no more digits than it needs. */
export function sayRound(widget: Widget, value: number, speech: Speech): string {
  const { unit } = say(widget, value, speech);
  const number = Number(value.toPrecision(6)).toLocaleString(speech.language);
  if (unit === "") return number;
  return unit === "%" || unit.startsWith("°") ? `${number}${unit}` : `${number}\u202f${unit}`;
}

export interface Summed {
  readonly title: string;
  readonly widget: Widget;
  readonly answer: HistoryAnswer;
  readonly range: HistoryRange;
  readonly now: number;
}

/** What somebody who does not see the chart hears of it. */
export function saySummary({ title, widget, answer, range, now }: Summed, texts: HistoryTexts, speech: Speech): string {
  const told = (value: number): string => sayPoint(widget, value, speech);
  const when = (at: number): string => sayStep(at, answer.step, now, speech.language);
  const span = texts.spans[range];
  if (answer.kind === "total") {
    const [most] = answer.points.toSorted((a, b) => b[1] - a[1]);
    if (most === undefined) return texts.empty;
    const sum = sumOf(answer);
    return fill(texts.totalSummary, { title, span, sum: told(sum), most: told(most[1]), mostAt: when(most[0]) });
  }
  const [least] = answer.points.toSorted((a, b) => a[2] - b[2]);
  const [most] = answer.points.toSorted((a, b) => b[3] - a[3]);
  const last = answer.points.at(-1);
  if (least === undefined || most === undefined || last === undefined) return texts.empty;
  return fill(texts.measuredSummary, {
    ...{ title, span, least: told(least[2]), leastAt: when(least[0]) },
    ...{ most: told(most[3]), mostAt: when(most[0]), last: told(last[1]) },
  });
}

export const sumOf = ({ points }: HistoryAnswer & { readonly kind: "total" }): number =>
  points.reduce((sum, [, amount]) => sum + amount, 0);
