import { describe, expect, it } from "vitest";
import { BulkLane } from "../../gateway-core/access-link/bulk-lane.ts";
import { createUplinkRoom } from "../../gateway-core/access-link/uplink-room.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { QuickClock, watchSteppedLine } from "./stepped-line.ts";

const seconds = 40;

/** A stream and a recording that is saved, from so many seconds on, by one line; and a command every half second. */
async function watchBeside(kbps: number, { oneWayMs = 10, fromSecond = 10 } = {}) {
  const clock = new QuickClock();
  const room = createUplinkRoom(clock);
  const commandMs: number[] = [];
  let saved = 0;
  const watched = await watchSteppedLine({
    ...{ clock, room, rungs: ladder, oneWayMs, steps: [{ kbps, seconds }] },
    beside(pass) {
      const probe = (): Promise<void> => new Promise((resolve) => pass(17, resolve));
      const lane = new BulkLane({ clock, probe, leftKbps: room.leftKbps });
      const write = async ({ length }: Uint8Array): Promise<void> => {
        pass(length, () => {
          saved += length;
        });
      };
      clock.after(fromSecond * 1_000, () => void lane.send(new Uint8Array(100_000_000), write, () => false));
      const command = (): void => {
        const at = clock.now();
        pass(100, () => commandMs.push(clock.now() - at - 2 * oneWayMs));
        clock.after(500, command);
      };
      clock.after((fromSecond + 5) * 1_000, command);
    },
  });
  return { ...watched, savedKbps: (saved * 8) / 1_000 / (seconds - fromSecond), latestMs: Math.max(...commandMs) };
}

describe("A recording that is saved while a stream is watched", () => {
  it.each([
    [1_000, 10],
    [1_200, 10],
    [1_200, 60],
    [2_000, 60],
    [4_000, 10],
    [10_000, 60],
  ])(
    "has what the stream leaves of a line of %i kbit/s, %i ms away, and takes nothing of it",
    async (kbps, oneWayMs) => {
      const { changes, shown, lostSeconds, savedKbps, latestMs } = await watchBeside(kbps, { oneWayMs });
      expect(changes).toEqual(["high at 0"]);
      expect(shown).toBeGreaterThan(99);
      expect(lostSeconds).toBe(0);
      expect(savedKbps).toBeGreaterThan(0.5 * (kbps - 900));
      expect(latestMs).toBeLessThan(500);
    },
  );

  it.each([400, 600])("is saved on a line of %i kbit/s too, beside the rung that the line carries", async (kbps) => {
    const { changes, lostSeconds, savedKbps, latestMs, ...watched } = await watchBeside(kbps, { fromSecond: 0 });
    expect(changes).toEqual(["high at 0", expect.stringContaining("low at")]);
    expect([lostSeconds, watched.seconds["low"] ?? 0]).toEqual([0, expect.any(Number)]);
    expect(watched.seconds["low"]).toBeGreaterThan(seconds - 3);
    expect(savedKbps).toBeGreaterThan(64);
    expect(latestMs).toBeLessThan(500);
  });
});
