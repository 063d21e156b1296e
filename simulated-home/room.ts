/** The air of one room: what heats or cools it moves its temperature, and left alone it drifts back to what the weather makes of it. */

import type { Clock } from "../gateway-core/contract/clock.ts";
import { every } from "./every.ts";

export const stepMs = 5_000;
/** °C of a summer's day: outside, and inside when nothing cools. */
const outdoors = 31;
const leftAlone = 29;
/** How many minutes the room takes to lose two thirds of a difference. */
const inertiaMinutes = 60;

export interface Room {
  /** °C. */
  readonly temperature: number;
  readonly outdoors: number;
  /** Degrees a minute, asked at each step. */
  heatBy(source: () => number): void;
  onStep(listener: () => void): void;
}

/** Time passes in it until the signal aborts. */
export function createRoom(clock: Clock, signal: AbortSignal): Room {
  const sources: (() => number)[] = [];
  const listeners: (() => void)[] = [];
  let temperature = 28.6;

  every(clock, stepMs, signal, () => {
    const heat = sources.reduce((sum, source) => sum + source(), 0);
    temperature += (heat + (leftAlone - temperature) / inertiaMinutes) * (stepMs / 60_000);
    for (const listener of listeners) listener();
  });

  return {
    get temperature() {
      return temperature;
    },
    outdoors,
    heatBy: (source) => void sources.push(source),
    onStep: (listener) => void listeners.push(listener),
  };
}
