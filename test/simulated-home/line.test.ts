/** The line between a simulated node and its network: loss and latency. */

import { describe, expect, it } from "vitest";
import { createLine } from "../../simulated-home/line.ts";
import { createRandom } from "../../simulated-home/random.ts";
import { FakeClock } from "../fakes/fake-host.ts";

describe("The line to a node", () => {
  const arrivals = (seed: number, lossRate: number, latencyMs: number | [number, number]) => {
    const clock = new FakeClock();
    const life = new AbortController();
    const line = createLine({ clock, random: createRandom(seed), lossRate, latencyMs, signal: life.signal });
    const arrived: string[] = [];
    for (let sent = 0; sent < 100; sent++) line(() => arrived.push(`${sent} at ${clock.now()}`));
    return { arrived, clock, life, line };
  };

  it("loses what it loses, the same for a seed", () => {
    const { arrived } = arrivals(1, 0.3, 0);
    expect(arrived.length).toBeGreaterThan(50);
    expect(arrived.length).toBeLessThan(90);
    expect(arrivals(1, 0.3, 0).arrived).toEqual(arrived);
    expect(arrivals(2, 0.3, 0).arrived).not.toEqual(arrived);
    expect([arrivals(1, 0, 0).arrived.length, arrivals(1, 1, 0).arrived.length]).toEqual([100, 0]);
  });

  it("takes its time, and what is late more than that", async () => {
    const { arrived, clock, line } = arrivals(1, 0, [10, 20]);
    line(() => arrived.push("late"), 1_000);
    await clock.advance(9);
    expect(arrived).toEqual([]);
    await clock.advance(11);
    expect(arrived).toHaveLength(100);
    await clock.advance(1_000);
    expect(arrived.at(-1)).toBe("late");
  });

  it("brings nothing any more once it is cut", async () => {
    const { arrived, clock, life } = arrivals(1, 0, 10);
    life.abort();
    await clock.advance(100);
    expect([arrived.length, clock.pending]).toEqual([0, 0]);
  });
});
