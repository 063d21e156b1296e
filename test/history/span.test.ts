import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edgesOf, stepFor } from "../../gateway-core/history/calendar.ts";
import { resample } from "../../gateway-core/history/resample.ts";
import { riseOf } from "../../gateway-core/history/rise.ts";
import { addHeld, addRise, hourMs, minuteMs, type Spans } from "../../gateway-core/history/span.ts";

const begin = Date.UTC(2026, 10, 26, 3, 7, 11);
const lengths = fc.constantFrom(minuteMs, hourMs);
const stretches = (spans: Spans, lengthMs: number) => Array.from(spans, ([at, span]) => ({ at, lengthMs, ...span }));
const sumOf = (all: Iterable<{ readonly sum: number }>): number =>
  Array.from(all).reduce((sum, one) => sum + one.sum, 0);
/** Moments that follow one another, each with what was told then. */
const course = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 3 * hourMs }), fc.double({ min: -50, max: 5_000, noNaN: true })),
  {
    minLength: 1,
    maxLength: 30,
  },
);

describe("Spans", () => {
  it("of a held value add up to its integral, whatever their length, and keep its extremes", () => {
    fc.assert(
      fc.property(course, lengths, (told, lengthMs) => {
        const spans: Spans = new Map();
        let at = begin;
        let integral = 0;
        for (const [ms, value] of told) {
          addHeld(spans, lengthMs, value, at, at + ms);
          integral += value * ms;
          at += ms;
        }
        const all = [...spans.values()];
        expect(sumOf(all)).toBeCloseTo(integral, -3);
        expect(all.reduce((sum, { ms }) => sum + ms, 0)).toBe(at - begin);
        expect(Math.min(...all.map(({ least }) => least))).toBe(Math.min(...told.map(([, value]) => value)));
        expect(Math.max(...all.map(({ most }) => most))).toBe(Math.max(...told.map(([, value]) => value)));
        for (const [start, { ms }] of spans) expect([start % lengthMs, ms <= lengthMs]).toEqual([0, true]);
      }),
    );
  });

  it("of a rise add up to it", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.nat(40 * hourMs),
        lengths,
        (amount, ms, lengthMs) => {
          const spans: Spans = new Map();
          addRise(spans, lengthMs, amount, begin, begin + ms);
          expect(sumOf(spans.values())).toBeCloseTo(amount, 6);
        },
      ),
    );
  });
});

describe("Resampling", () => {
  it("keeps what was used and the extremes, into whatever steps it goes", () => {
    fc.assert(
      fc.property(
        course,
        fc.integer({ min: 2, max: 60 }),
        fc.constantFrom("UTC", "Asia/Tokyo", "Asia/Kolkata"),
        (told, points, zone) => {
          const spans: Spans = new Map();
          let at = begin;
          for (const [ms, value] of told) {
            addHeld(spans, hourMs, value, at, at + ms);
            at += ms;
          }
          const from = begin - hourMs;
          const to = at + hourMs;
          const buckets = resample(
            stretches(spans, hourMs),
            edgesOf(from, to, stepFor(from, to, points, hourMs), zone),
          );
          const all = [...spans.values()];
          expect(sumOf(buckets)).toBeCloseTo(sumOf(all), -3);
          expect(Math.min(...buckets.map(({ least }) => least))).toBe(Math.min(...all.map(({ least }) => least)));
          expect(Math.max(...buckets.map(({ most }) => most))).toBe(Math.max(...all.map(({ most }) => most)));
        },
      ),
    );
  });

  it("leaves out steps of which nothing is known", () => {
    const spans: Spans = new Map();
    addHeld(spans, minuteMs, 21, 0, minuteMs);
    addHeld(spans, minuteMs, 22, 3 * minuteMs, 4 * minuteMs);
    const edges = [0, 1, 2, 3, 4, 5].map((minute) => minute * minuteMs);
    expect(resample(stretches(spans, minuteMs), edges).map(({ at }) => at)).toEqual([0, 3 * minuteMs]);
  });
});

describe("Steps", () => {
  const at = (text: string): number => Date.parse(text);
  const days = { unit: "day", count: 1 } as const;

  it("are the finest that make no more points than were asked for", () => {
    expect(stepFor(0, 24 * hourMs, 288, minuteMs)).toEqual({ unit: "minute", count: 5 });
    expect(stepFor(0, 24 * hourMs, 288, hourMs)).toEqual({ unit: "hour", count: 1 });
    expect(stepFor(0, 6 * 24 * hourMs, 7, hourMs)).toEqual(days);
    expect(stepFor(0, 335 * 24 * hourMs, 12, hourMs)).toEqual({ unit: "month", count: 1 });
    expect(stepFor(0, 4_000 * 365 * 24 * hourMs, 2, hourMs)).toEqual({ unit: "month", count: 120 });
  });

  it("of a day begin at the midnight of the place, whatever its clocks are set to meanwhile", () => {
    const edges = edgesOf(at("2026-10-24T12:00:00Z"), at("2026-10-26T12:00:00Z"), days, "Europe/Berlin");
    expect(edges.map((edge) => new Date(edge).toISOString())).toEqual([
      "2026-10-23T22:00:00.000Z",
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T23:00:00.000Z",
      "2026-10-26T23:00:00.000Z",
    ]);
  });

  it("of a month are those of the calendar", () => {
    const edges = edgesOf(
      at("2025-12-26T00:00:00Z"),
      at("2026-03-01T00:00:00Z"),
      { unit: "month", count: 1 },
      "Asia/Tokyo",
    );
    expect(edges.map((edge) => new Date(edge + 9 * hourMs).toISOString().slice(0, 16))).toEqual([
      "2025-12-01T00:00",
      "2026-01-01T00:00",
      "2026-02-01T00:00",
      "2026-03-01T00:00",
      "2026-04-01T00:00",
    ]);
  });

  it("rise, hold the whole range and begin on the hour of the place", () => {
    fc.assert(
      fc.property(
        fc.nat(4e12),
        fc.integer({ min: 1, max: 4e10 }),
        fc.integer({ min: 2, max: 400 }),
        (from, ms, points) => {
          const step = stepFor(from, from + ms, points, minuteMs);
          const edges = edgesOf(from, from + ms, step, "Asia/Kolkata");
          expect(edges[0]).toBeLessThanOrEqual(from);
          expect(edges.at(-1)).toBeGreaterThanOrEqual(from + ms);
          expect(edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge))).toBe(true);
          expect(edges.length).toBeLessThanOrEqual(points + 2);
        },
      ),
    );
  });

  it("of a place that nobody knows are a mistake of who asks", () => {
    expect(() => edgesOf(0, hourMs, days, "Mars/Olympus")).toThrow(expect.objectContaining({ code: "value-invalid" }));
  });
});

describe("The rise of a counter", () => {
  it("is the difference while it rises", () => {
    expect(riseOf(100.1, 100.4)).toBeCloseTo(0.3);
    expect(riseOf(7, 7)).toBe(0);
  });

  it("goes on over its last digit, where its descriptor tells that, and where its digits do", () => {
    expect(riseOf(999_999.998, 0.003, 1_000_000)).toBeCloseTo(0.005);
    expect(riseOf(99_999.9, 0.2)).toBeCloseTo(0.3);
    // Six digits of a meter whose descriptor allows for eight.
    expect(riseOf(999_999, 1, 100_000_000)).toBe(2);
  });

  it("begins anew after a reset, and is none where a meter was corrected or another one took its place", () => {
    expect(riseOf(512, 3)).toBe(3);
    expect(riseOf(512, 511.8)).toBe(0);
    expect(riseOf(30_000, 12_000)).toBe(0);
  });

  it("is never below zero", () => {
    const reading = fc.double({ min: -10, max: 1e9, noNaN: true });
    fc.assert(fc.property(reading, reading, (before, after) => riseOf(before, after) >= 0));
  });
});
