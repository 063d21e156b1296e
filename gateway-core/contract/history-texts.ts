/** The words of histories, apart from the page's others: a browser fetches them with the chart. The dictionaries are history-texts/*.json. */

import type { HistoryRange } from "./history-range.ts";

export interface HistoryTexts {
  readonly history: string;
  /** Chooses among what is kept of the device. */
  readonly choose: string;
  readonly range: string;
  readonly ranges: { readonly [range in HistoryRange]: string };
  /** How a range reads within a sentence. */
  readonly spans: { readonly [range in HistoryRange]: string };
  readonly table: string;
  readonly time: string;
  readonly mean: string;
  readonly least: string;
  readonly most: string;
  readonly amount: string;
  readonly sum: string;
  readonly empty: string;
  readonly loading: string;
  readonly failed: string;
  /** Said of a curve and of bars: `{title}`, `{span}` and what they show. */
  readonly measuredSummary: string;
  readonly totalSummary: string;
  readonly keys: string;
}
