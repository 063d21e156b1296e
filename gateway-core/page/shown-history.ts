/** Which history a person looks at on a device's own page, by its query: `history` names the property, `range` how far back. */

import { HomeError } from "../contract/errors.ts";
import type { History, HistoryAnswer } from "../contract/history.ts";
import { type HistoryRange, historyQuery, isHistoryRange } from "../contract/history-range.ts";
import type { PageDevice } from "../contract/page.ts";

export interface ShownHistory {
  readonly property: string;
  readonly range: HistoryRange;
  readonly answer: HistoryAnswer;
}

/** Of a gateway that keeps none. */
export const noHistory: History = {
  read() {
    throw new HomeError("history-off", "no history is kept here", { reason: "settings" });
  },
};

/** Undefined where none is kept: the page is whole without. */
export function shownHistory(
  history: History,
  { id, histories = {} }: PageDevice,
  query: Readonly<Record<string, string>>,
  now: number,
): ShownHistory | undefined {
  const { history: wanted, range: far } = query;
  const names = Object.keys(histories);
  const property = names.find((name) => name === wanted) ?? names[0];
  if (property === undefined) return undefined;
  const range = isHistoryRange(far) ? far : "day";
  try {
    return { property, range, answer: history.read({ device: id, property, ...historyQuery("rows", range, now) }) };
  } catch {
    return undefined;
  }
}
