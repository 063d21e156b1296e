import { describe, expect, it } from "vitest";
import { DrainRate } from "../../gateway-core/access-link/drain-rate.ts";

const emptyLineMs = 40;

/** Bursts of so many octets in two parts, one every `everyMs`, over a line of `octetsPerMs`; each is heard of `lateMs` late. */
function run(
  drain: DrainRate,
  octetsPerMs: number,
  more: { readonly everyMs?: number; readonly lateMs?: (burst: number) => number; readonly from?: number } = {},
) {
  const { everyMs = 200, lateMs = () => 0, from = 0 } = more;
  const part = 3_000;
  let freeAt = from;
  for (let burst = 0; burst < 25; burst++) {
    const sentAt = from + burst * everyMs;
    for (let at = 0; at < 2; at++) {
      freeAt = Math.max(freeAt, sentAt) + part / octetsPerMs;
      drain.taken({ octets: part, sentAt, now: freeAt + emptyLineMs + lateMs(burst), emptyLineMs });
    }
  }
  return freeAt + emptyLineMs;
}

describe("What a line is seen to carry", () => {
  it.each([[44], [75], [190], [2_500]])(
    "is its width, %i octets a millisecond, though the stream takes less",
    (octetsPerMs) => {
      const drain = new DrainRate();
      const now = run(drain, octetsPerMs);
      expect(drain.carriesKbps(now)).toBeCloseTo(octetsPerMs * 8, 3);
      expect(drain.drainsKbps(now)).toBeCloseTo(octetsPerMs * 8, 3);
    },
  );

  it("is the same while more is sent than it carries, and over a way that is longer than from one burst to the next", () => {
    const [full, far] = [new DrainRate(), new DrainRate()];
    const now = run(full, 20);
    expect(full.carriesKbps(now)).toBeCloseTo(160, 3);
    expect(far.carriesKbps(run(far, 100, { everyMs: 70 }))).toBeCloseTo(800, 3);
  });

  it("is told by what comes soon; what it drains now, by all of the last second", () => {
    const drain = new DrainRate();
    const now = run(drain, 100, { lateMs: (burst) => (burst % 2) * 60 });
    expect(drain.carriesKbps(now)).toBeCloseTo(800, 3);
    expect(drain.drainsKbps(now)).toBeLessThan(600);
  });

  it("is another soon after the line has become another", () => {
    const drain = new DrainRate();
    const first = run(drain, 190);
    const then = run(drain, 44, { from: first });
    expect(drain.drainsKbps(then)).toBeCloseTo(44 * 8, 3);
    // What was heard of within a tenth of a second is counted together: of both lines, once.
    expect(drain.carriesKbps(then)).toBeLessThan(44 * 8 * 1.1);
  });

  it("is seen anew when the clock was set back", () => {
    const drain = new DrainRate();
    run(drain, 190, { from: 3_600_000 });
    const now = run(drain, 44, { from: 0 });
    expect(drain.carriesKbps(now)).toBeCloseTo(44 * 8, 3);
  });

  it("is not known before enough went by, and without bound where nothing waits", () => {
    const drain = new DrainRate();
    expect([drain.carriesKbps(0), drain.drainsKbps(0)]).toEqual([undefined, undefined]);
    drain.taken({ octets: 4_000, sentAt: 0, now: 100, emptyLineMs });
    expect(drain.carriesKbps(100)).toBeUndefined();
    const wide = new DrainRate();
    for (let now = 0; now < 2_000; now += 200) {
      wide.taken({ octets: 6_000, sentAt: now, now: now + emptyLineMs, emptyLineMs });
    }
    expect(wide.carriesKbps(2_000)).toBe(Number.POSITIVE_INFINITY);
    expect(wide.carriesKbps(20_000)).toBeUndefined();
  });
});
