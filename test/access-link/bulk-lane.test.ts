import { describe, expect, it } from "vitest";
import { BulkLane } from "../../gateway-core/access-link/bulk-lane.ts";
import { FakeClock } from "../fakes/fake-host.ts";

const nearMs = 20;

/** A line that carries so many octets a millisecond, and whatever is more waits in its queue. */
function openLine(octetsPerMs: number, leftKbps = Number.POSITIVE_INFINITY, pathMs = nearMs) {
  const clock = new FakeClock();
  let [freeAt, arrived, isGone] = [0, 0, false];
  const queueMs: number[] = [];
  const pass = (octets: number, then: () => void): void => {
    freeAt = Math.max(freeAt, clock.now()) + octets / octetsPerMs;
    queueMs.push(freeAt - clock.now());
    clock.after(freeAt - clock.now() + pathMs, then);
  };
  const lane = new BulkLane({
    ...{ clock, leftKbps: () => leftKbps },
    probe: () => new Promise((resolve) => (isGone ? resolve() : pass(17, resolve))),
  });
  return {
    ...{ clock, lane, queueMs },
    get arrived() {
      return arrived;
    },
    break: () => {
      isGone = true;
    },
    setBack: (ms: number) => {
      clock.set(clock.now() - ms);
      freeAt -= ms;
    },
    send: (octets: number) =>
      lane.send(
        new Uint8Array(octets),
        async ({ length }) =>
          pass(length, () => {
            arrived += length;
          }),
        () => isGone,
      ),
  };
}

async function run(line: ReturnType<typeof openLine>, seconds: number): Promise<void> {
  for (let step = 0; step < seconds * 100; step++) await line.clock.advance(10);
}

describe("Long answers on the data link", () => {
  it.each([
    ["wide", 1_000],
    ["narrow", 75],
  ])("fill a %s line, and leave it free for a command within a fraction of a second", async (_, octetsPerMs) => {
    const line = openLine(octetsPerMs);
    void line.send(100_000_000);
    await run(line, 10);
    const before = line.arrived;
    line.queueMs.length = 0;
    await run(line, 10);
    expect(line.arrived - before).toBeGreaterThan(0.8 * octetsPerMs * 10_000);
    expect(Math.max(...line.queueMs)).toBeLessThan(300);
  });

  it("fill a line that is both wide and far away", async () => {
    const line = openLine(40_000);
    void line.send(100_000_000);
    await run(line, 2);
    expect(line.arrived).toBeGreaterThan(40_000_000);
  });

  it("fill a line whose other end is on the other side of the world", async () => {
    const line = openLine(1_250, undefined, 200);
    void line.send(100_000_000);
    await run(line, 6);
    const before = line.arrived;
    await run(line, 6);
    expect(line.arrived - before).toBeGreaterThan(0.6 * 1_250 * 6_000);
  });

  it("take together what is left of the uplink, and no more", async () => {
    const line = openLine(1_000, 200);
    void line.send(100_000_000);
    void line.send(100_000_000);
    await run(line, 10);
    expect(Math.abs(line.arrived - 10 * 25_000)).toBeLessThan(10_000);
  });

  it("do not wait for a clock that was set back", async () => {
    for (const leftKbps of [undefined, 400]) {
      const line = openLine(500, leftKbps);
      void line.send(100_000_000);
      await run(line, 1);
      line.setBack(60 * 60_000);
      const before = line.arrived;
      await run(line, 3);
      expect(line.arrived - before).toBeGreaterThan(100_000);
    }
  });

  it("are whole when they end", async () => {
    const line = openLine(500);
    let isDone = false;
    void line.send(100_001).then(() => {
      isDone = true;
    });
    await run(line, 3);
    expect([isDone, line.arrived]).toEqual([true, 100_001]);
  });

  it("are let go with their link", async () => {
    const line = openLine(10);
    const sending = line.send(100_000_000);
    await run(line, 1);
    line.break();
    await run(line, 10);
    await sending;
    expect(line.clock.pending).toBe(0);
  });
});
