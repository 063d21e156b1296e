import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createUplinkRoom } from "../../gateway-core/access-link/uplink-room.ts";
import type { Rung } from "../../gateway-core/contract/stream.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import {
  type LineStep,
  type LineWatch,
  QuickClock,
  type SteppedLineOptions,
  watchSteppedLine,
} from "./stepped-line.ts";

const threeRungs: readonly Rung[] = ladder.toSpliced(1, 0, {
  ...{ name: "middle", height: 360, videoKbps: 440, audioKbps: 60 },
});

function watch(steps: readonly LineStep[], more: Partial<SteppedLineOptions> = {}): Promise<LineWatch> {
  const clock = more.clock ?? new QuickClock();
  return watchSteppedLine({ clock, room: createUplinkRoom(clock), rungs: ladder, steps, ...more });
}

const at = (seconds: number, ...kbps: readonly number[]): LineStep[] => kbps.map((one) => ({ kbps: one, seconds }));

/** Of a line that always carries the lowest rung, and some more by which it catches up. */
const anyLine = fc.record({
  steps: fc.array(fc.record({ kbps: fc.integer({ min: 350, max: 4_000 }), seconds: fc.integer({ min: 5, max: 45 }) }), {
    minLength: 3,
    maxLength: 6,
  }),
  oneWayMs: fc.integer({ min: 5, max: 80 }),
  jitterMs: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 20 }),
});

describe("A stream on a line that changes", () => {
  it.each([
    ["near", 10],
    ["far away", 100],
  ])(
    "is shown nearly all of the time, and tries no rung that the line was not seen to carry (%s)",
    async (_, oneWayMs) => {
      const seen = await watch(at(15, 872, 600, 350, 1_500), { oneWayMs });
      expect(seen.shown).toBeGreaterThan(98.5);
      expect(seen.longestStallMs).toBeLessThan(500);
      expect(seen.changes.map((change) => change.split(" ")[0])).toEqual(["high", "low", "high"]);
      expect(seen.lostSeconds).toBe(0);
    },
  );

  it("loses nothing, never stands still for a second nor falls four behind, and changes at most twice for each change of the line, whatever that does", async () => {
    await fc.assert(
      fc.asyncProperty(anyLine, fc.constantFrom<readonly Rung[]>(ladder, threeRungs), async (line, rungs) => {
        const { stalledSeconds, longestStallMs, lostSeconds, changes } = await watch(line.steps, { ...line, rungs });
        expect(lostSeconds).toBe(0);
        expect(longestStallMs).toBeLessThan(1_000);
        expect(stalledSeconds).toBeLessThan(4);
        expect(changes.length - 1).toBeLessThanOrEqual(2 * line.steps.length);
      }),
      { numRuns: 8 },
    );
  });

  it("stays at the lower rung while the line is narrow, and is at the better one within seconds of its being wide", async () => {
    const narrow = await watch(at(240, 500));
    expect(narrow.changes).toHaveLength(2);
    const widened = await watch(at(60, 500, 3_000));
    expect(widened.changes).toEqual([
      "high at 0",
      expect.stringMatching(/^low at [12]$/),
      expect.stringMatching(/^high at 6\d$/),
    ]);
  });

  it("goes over two rungs at once where the line carries neither", async () => {
    const { changes } = await watch(at(30, 2_000, 350), { rungs: threeRungs });
    expect(changes.map((change) => change.split(" ")[0])).toEqual(["high", "low"]);
  });

  it("is not kept low by a line that is wide but unsteady", async () => {
    const { changes, shown } = await watch([...at(10, 400), ...at(60, 20_000)], { jitterMs: [0, 60, 5, 40, 0, 50] });
    expect(changes.map((change) => change.split(" ")[0])).toEqual(["high", "low", "high"]);
    expect(shown).toBeGreaterThan(98);
  });

  it("begins with the rung that the line was seen to carry, within the hour", async () => {
    const clock = new QuickClock();
    const room = createUplinkRoom(clock);
    expect((await watch(at(2, 600), { clock, room })).changes[0]).toBe("high at 0");
    const again = await watch(at(10, 600), { clock, room });
    expect([again.changes, again.shown]).toEqual([["low at 0"], 100]);
    // It was low by what was seen, and is not any more by what is seen now.
    expect((await watch(at(10, 3_000), { clock, room })).changes).toEqual(["low at 0", "high at 6"]);
    await watch(at(2, 600), { clock, room });
    await clock.advance(61 * 60_000);
    expect((await watch(at(2, 600), { clock, room })).changes[0]).toBe("high at 0");
  });
});
