/** What the gateway keeps of a home's numbers over time (docs/interfaces.md, history): asked by the page, answered by the history room. */

import type { DeviceId } from "./device.ts";

/** A step of a curve. Days and months begin at midnight of the place that was asked for. */
export interface HistoryStep {
  readonly unit: "minute" | "hour" | "day" | "month";
  readonly count: number;
}

export interface HistoryQuery {
  readonly device: DeviceId;
  readonly property: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** The step is the finest that makes no more points. */
  readonly points: number;
  /** IANA name of the place whose midnight counts; the gateway's own unless told. */
  readonly zone?: string;
}

/** A value that goes up and down, or a counter that only rises. */
export type HistoryKind = "measured" | "total";

/** `at` is where the step begins; steps of which nothing is known are absent. */
export type MeasuredPoint = readonly [at: number, mean: number, least: number, most: number];
/** By how much a counter rose in the step. */
export type TotalPoint = readonly [at: number, amount: number];

export type HistoryAnswer = {
  /** Of the first step that was asked for. */
  readonly from: number;
  readonly to: number;
  readonly step: HistoryStep;
} & (
  | { readonly kind: "measured"; readonly points: readonly MeasuredPoint[] }
  | { readonly kind: "total"; readonly points: readonly TotalPoint[] }
);

/** How a value went in the last day, as the line of a small drawing (SVG 2, 9.3.1) 100 wide and 32 high. */
export interface Trend {
  readonly kind: HistoryKind;
  /** Of `<path d>`. */
  readonly line: string;
}

export interface History {
  /** @throws HomeError `history-off` {reason} while none is kept, `unknown-property` for what none is kept of. */
  read(query: HistoryQuery): HistoryAnswer;
}
