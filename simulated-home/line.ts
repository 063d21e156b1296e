/** The line between a node and the network: it takes its time, and now and then loses a datagram. */

import type { Clock, Timer } from "../gateway-core/contract/clock.ts";
import type { Random } from "./random.ts";

export interface LineOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Of each way: always the same, or between two. */
  readonly latencyMs: number | readonly [shortest: number, longest: number];
  /** Of each way, 0 to 1. */
  readonly lossRate: number;
  /** What is on its way then never arrives. */
  readonly signal: AbortSignal;
}

/** Returns how to have something arrive at the other end: at once on a line without latency, or later, or never. */
export function createLine(options: LineOptions): (arrive: () => void, lateMs?: number) => void {
  const { clock, random, latencyMs, lossRate, signal } = options;
  const [shortest, longest] = typeof latencyMs === "number" ? [latencyMs, latencyMs] : latencyMs;
  const onTheWay = new Set<Timer>();
  signal.addEventListener("abort", () => {
    for (const timer of onTheWay) timer.cancel();
    onTheWay.clear();
  });

  return (arrive, lateMs = 0) => {
    if (lossRate > 0 && random() < lossRate) return;
    const delayMs = lateMs + (longest > shortest ? shortest + (longest - shortest) * random() : shortest);
    if (delayMs === 0) return arrive();
    const timer = clock.after(delayMs, () => {
      onTheWay.delete(timer);
      arrive();
    });
    onTheWay.add(timer);
  };
}
