import { beforeEach, describe, expect, it } from "vitest";
import {
  createDataWindow,
  type DataWindow,
  heldOctets,
  widestOctets,
  windowAfter,
} from "../../../access-broker/gateways/data-window.ts";
import { windowOctets } from "../../../gateway-core/contract/link.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const MB = 1024 * 1024;

describe("The next window of a data link", () => {
  const next = (window: number, octets: number, tookMs: number, quickestMs: number, widest = widestOctets): number =>
    windowAfter(window, { octets, tookMs, quickestMs }, widest);

  it("is twice what came within the line's own delay, when that is more", () => {
    expect(next(windowOctets, windowOctets, 40, 40)).toBe(2 * windowOctets);
    expect(next(2 * MB, 2 * MB, 40, 40)).toBe(4 * MB);
  });

  it("stays where it is when the line carries no more, so that others do not wait behind it", () => {
    // 2 MB/s: a window that stands in a queue for 131 ms is no reason for a larger one.
    expect(next(windowOctets, windowOctets, 131, 1)).toBe(windowOctets);
    expect(next(windowOctets, windowOctets, 131, 40)).toBe(windowOctets);
  });

  it("shrinks when what is under way waits for itself, and not when a viewer takes less for a while", () => {
    expect(next(8 * MB, 0.3 * MB, 150, 40)).toBe(8 * MB);
    expect(next(8 * MB, 4 * MB, 4_000, 40)).toBe(windowOctets);
    expect(next(8 * MB, 10 * MB, 400, 40)).toBe(2 * MB);
  });

  it("never leaves its bounds", () => {
    expect(next(8 * MB, 100 * MB, 40, 40)).toBe(widestOctets);
    expect(next(8 * MB, 8 * MB, 40, 40, heldOctets)).toBe(heldOctets);
    expect(next(windowOctets, 1, 0.1, 0.1)).toBe(windowOctets);
  });
});

describe("The window of a data link", () => {
  let clock: FakeClock;
  let window: DataWindow;
  let applied: number[];
  let answer: ((tookMs: number) => void) | undefined;
  let pings: number;
  beforeEach(() => {
    clock = new FakeClock();
    [applied, answer, pings] = [[], undefined, 0];
    window = createDataWindow({
      clock,
      ping(heard) {
        pings++;
        answer = heard;
        return true;
      },
      apply: (octets) => applied.push(octets),
      onOctets: () => undefined,
    });
    window.answered(40);
  });

  /** A line of 40 ms fills what it may. */
  const fill = async (flow: { took(octets: number): void }): Promise<void> => {
    for (let octets = windowOctets; octets <= 2 * widestOctets; octets *= 2) {
      flow.took(64 * 1024);
      flow.took(octets);
      answer?.(40);
      await clock.advance(10);
    }
  };

  it("doubles with each delay of the line up to its bound, and each change is told once", async () => {
    using flow = window.open();
    await fill(flow);
    expect(applied).toEqual([512 * 1024, MB, 2 * MB, 4 * MB, 8 * MB]);
  });

  it("measures only while much comes: news of a device sends no ping", () => {
    using flow = window.open();
    for (let news = 0; news < 100; news++) flow.took(400);
    expect(pings).toBe(0);
    flow.took(64 * 1024);
    flow.took(64 * 1024);
    expect(pings).toBe(1);
  });

  it("sends at most one ping in 10 ms, however fast the line is", async () => {
    using flow = window.open();
    for (let turn = 0; turn < 100; turn++) {
      flow.took(64 * 1024);
      answer?.(0.2);
      if (turn % 10 === 9) await clock.advance(10);
    }
    expect(pings).toBe(10);
  });

  it("is narrow within 50 ms of when a viewer stops reading, and for as long as that lasts", async () => {
    using flow = window.open();
    using frozen = window.open();
    await fill(flow);
    frozen.hold(true);
    await clock.advance(40);
    expect(applied.at(-1)).toBe(widestOctets);
    await clock.advance(60);
    expect(applied.at(-1)).toBe(heldOctets);
    await fill(flow);
    expect(applied.at(-1)).toBe(heldOctets);
    frozen.hold(false);
    await fill(flow);
    expect(applied.at(-1)).toBe(widestOctets);
  });

  it("begins anew when nothing came for a second, and watches nothing any more", async () => {
    using flow = window.open();
    await fill(flow);
    await clock.advance(1_100);
    expect(applied.at(-1)).toBe(windowOctets);
    expect(clock.pending).toBe(0);
  });

  it("forgets a viewer who left while held", async () => {
    using flow = window.open();
    {
      using frozen = window.open();
      frozen.hold(true);
      frozen.hold(true);
    }
    await clock.advance(100);
    await fill(flow);
    expect(applied.at(-1)).toBe(widestOctets);
    window[Symbol.dispose]();
    expect(clock.pending).toBe(0);
  });
});
