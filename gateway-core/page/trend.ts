/** Draws how the value of a tile went in the last day. */

import type { History, HistoryAnswer, Trend } from "../contract/history.ts";
import type { PageDevice } from "../contract/page.ts";

const dayMs = 24 * 60 * 60_000;
const width = 100;
const height = 32;
/** So that a line is not cut at its extremes. */
const margin = 2;
/** What changes by less of itself is drawn as the calm that it is. */
const calm = 0.02;

/** Undefined where the tile has no room for it, or nothing is known yet. */
export function trendOf(history: History, { id, tile, histories = {} }: PageDevice, now: number): Trend | undefined {
  const property = tile.value ?? "";
  if (tile.control !== undefined || !Object.hasOwn(histories, property)) return undefined;
  const answer = answerOf(history, id, property, now);
  if (answer === undefined || answer.points.length < 2) return undefined;
  return { kind: answer.kind, line: answer.kind === "total" ? bars(answer) : curve(answer) };
}

function answerOf(history: History, device: string, property: string, now: number): HistoryAnswer | undefined {
  try {
    return history.read({ device, property, from: now - dayMs, to: now, points: 25 });
  } catch {
    // A tile is whole without it; whoever asks for the history itself is told why there is none.
    return undefined;
  }
}

function curve({ from, to, points }: HistoryAnswer & { readonly kind: "measured" }): string {
  const values = points.map(([, mean]) => mean);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const range = Math.max(most - least, Math.abs(most) * calm, Number.MIN_VALUE);
  const middle = (most + least) / 2;
  const step = (to - from) / Math.max(1, points.length);
  let before = Number.NEGATIVE_INFINITY;
  const parts = points.map(([at, mean]) => {
    const x = ((at - from) / (to - from)) * width;
    const y = height / 2 - ((mean - middle) / range) * (height - 2 * margin);
    const isBroken = at - before > 1.5 * Math.max(step, 60 * 60_000);
    before = at;
    return `${isBroken ? "M" : "L"}${short(x)} ${short(y)}`;
  });
  return parts.join("");
}

function bars({ from, to, points }: HistoryAnswer & { readonly kind: "total" }): string {
  const most = Math.max(...points.map(([, amount]) => amount), Number.MIN_VALUE);
  const broad = (0.7 * width * 60 * 60_000) / (to - from);
  return points
    .filter(([, amount]) => amount > 0)
    .map(([at, amount]) => {
      const x = ((at - from) / (to - from)) * width;
      return `M${short(x)} ${height}v${short((-amount / most) * (height - margin))}h${short(broad)}V${height}z`;
    })
    .join("");
}

const short = (value: number): string => String(Number(value.toFixed(1)));
