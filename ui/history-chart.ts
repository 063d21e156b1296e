/** The drawing of a history, by uPlot on a canvas: a curve within its extremes, or bars. What it says is said beside it in words. */

import uPlot from "uplot";
import type { HistoryAnswer } from "../gateway-core/contract/history.ts";
import type { Language } from "../gateway-core/contract/page-texts.ts";
import { columnsOf, middleMs, stepMs } from "./history-series.ts";

export interface ChartOptions {
  readonly host: HTMLElement;
  readonly language: Language;
  /** A value as the axis says it: round, with its unit. */
  readonly say: (value: number) => string;
  /** When the step began that is pointed at, in milliseconds since 1970; null when none is. */
  readonly onPoint: (at: number | null) => void;
}

const height = 184;
const labelWidth = 64;
/** How much of its step a bar is broad. */
const barShare = 0.72;

export class HistoryChart {
  readonly #options: ChartOptions;
  #plot: uPlot | undefined;
  #answer: HistoryAnswer | undefined;
  readonly #sizes = new ResizeObserver(() => this.#fit());
  readonly #looks = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"].map(
    matchMedia,
  );

  constructor(options: ChartOptions) {
    this.#options = options;
    this.#sizes.observe(options.host);
    for (const look of this.#looks) look.addEventListener("change", this.#rebuild);
    options.host.addEventListener("pointerdown", this.#touch);
    options.host.addEventListener("pointermove", this.#touch);
  }

  /** With the same steps as before the drawing only goes on. */
  draw(answer: HistoryAnswer): void {
    const { from, kind, step } = this.#answer ?? {};
    const isSame = from === answer.from && kind === answer.kind && step?.unit === answer.step.unit;
    this.#answer = answer;
    if (this.#plot === undefined || !isSame) this.#rebuild();
    else this.#plot.setData(columnsOf(answer));
  }

  /** To the step at `index`, as if it were pointed at. */
  point(index: number): void {
    const at = this.#answer?.points[index]?.[0];
    if (at === undefined || this.#answer === undefined || this.#plot === undefined) return;
    const left = this.#plot.valToPos((at + middleMs(this.#answer)) / 1_000, "x");
    this.#plot.setCursor({ left, top: height / 3 });
  }

  destroy(): void {
    this.#sizes.disconnect();
    for (const look of this.#looks) look.removeEventListener("change", this.#rebuild);
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  readonly #rebuild = (): void => {
    if (this.#answer === undefined) return;
    this.#plot?.destroy();
    const { host } = this.#options;
    this.#plot = new uPlot(optionsOf(this.#answer, this.#options, host.clientWidth), columnsOf(this.#answer), host);
  };

  #fit(): void {
    const { clientWidth: width } = this.#options.host;
    if (this.#plot !== undefined && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height });
  }

  /** A finger points by being there. */
  readonly #touch = ({ pointerType, clientX }: PointerEvent): void => {
    if (this.#plot === undefined || pointerType === "mouse") return;
    this.#plot.setCursor({ left: clientX - this.#plot.over.getBoundingClientRect().left, top: height / 3 });
  };
}

function optionsOf(
  answer: HistoryAnswer,
  { host, language, say, onPoint }: ChartOptions,
  width: number,
): uPlot.Options {
  const style = getComputedStyle(host);
  const [line, band, grid, text] = ["line", "band", "grid", "text"].map((name) =>
    style.getPropertyValue(`--chart-${name}`),
  );
  const font = `12px ${style.fontFamily}`;
  const isTotal = answer.kind === "total";
  const axis = { stroke: text ?? "", font, ticks: { show: false } };
  const drawn = {
    stroke: line ?? "",
    fill: isTotal ? (line ?? "") : "",
    width: isTotal ? 0 : 2,
    points: { show: false },
  };
  const unseen = { width: 0, points: { show: false } };
  const reach = isTotal ? stepMs(answer.step) : 0;
  const end = Math.max(answer.to, (answer.points.at(-1)?.[0] ?? 0) + reach);
  return {
    width: Math.max(width, 1),
    height,
    padding: [10, 24, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { show: !isTotal, size: 8 } },
    scales: {
      x: { time: true, range: (_, __, max) => [answer.from / 1_000, Math.max(end / 1_000, max)] },
      y: isTotal
        ? { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] }
        : { range: (_, min, max) => comfortable(min, max) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: labelWidth,
        ...(isTotal ? { splits: labelled } : {}),
        values: (_, splits) => splits.map(timeSayer(answer, language)),
      },
      {
        ...axis,
        grid: { stroke: grid ?? "", width: 1 },
        space: 40,
        size: (plot, values) => axisWidth(plot, values, font),
        values: (_, splits) => splits.map(say),
      },
    ],
    series: isTotal
      ? [{}, { ...drawn, paths: uPlot.paths.bars?.({ size: [barShare, 48], align: 0, radius: 0.15 }) ?? (() => null) }]
      : [{}, drawn, unseen, unseen],
    ...(isTotal ? {} : { bands: [{ series: [3, 2], fill: band ?? "" }] }),
    hooks: {
      setCursor: [
        ({ cursor: { idx, left = -1 }, data: [x] }) => onPoint(left < 0 ? null : momentOf(x[idx ?? -1], answer)),
      ],
    },
  };
}

const momentOf = (seconds: number | undefined, answer: HistoryAnswer): number | null =>
  seconds === undefined ? null : Math.round(seconds * 1_000 - middleMs(answer));

/** As many bars have a label as there is room for, the last one first. */
function labelled({ data: [x], width }: uPlot): number[] {
  const every = Math.ceil((x.length * labelWidth) / width);
  return [...x].filter((_, index) => (x.length - 1 - index) % every === 0);
}

/** Room above and below; what hardly changes is not blown up. */
function comfortable(min: number, max: number): [number, number] {
  const room = Math.max((max - min) * 0.12, Math.abs(max) * 0.01, 0.05);
  return [min >= 0 && min - room < 0 ? 0 : min - room, max + room];
}

function axisWidth(plot: uPlot, values: readonly string[] | null, font: string): number {
  plot.ctx.save();
  plot.ctx.font = font;
  const widest = Math.max(0, ...(values ?? []).map((value) => plot.ctx.measureText(value).width));
  plot.ctx.restore();
  return Math.ceil(widest) + 12;
}

function timeSayer(answer: HistoryAnswer, language: Language): (seconds: number) => string {
  const { from, to, step } = answer;
  const isDay = to - from <= 36 * 3_600_000;
  const format = new Intl.DateTimeFormat(
    language,
    step.unit === "month" || to - from > 100 * 86_400_000
      ? { month: "short" }
      : isDay
        ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
        : { day: "numeric", month: "short" },
  );
  return (seconds) => format.format(momentOf(seconds, answer) ?? 0);
}
