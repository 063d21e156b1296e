import { describe, expect, it } from "vitest";
import { createGuessLimit, type GuessLimit } from "../../gateway-core/own-access/guess-limit.ts";
import { FakeClock } from "../fakes/fake-host.ts";

const waitOf = (limit: GuessLimit, source: string, device?: string): number => {
  try {
    limit.attempt(source, device);
    return 0;
  } catch (thrown) {
    return Number((thrown as { details: { retryAfter: number } }).details.retryAfter);
  }
};

describe("Guessing at own management", () => {
  it("is free four times, then waits twice as long each time, and a quarter of an hour at most", async () => {
    const clock = new FakeClock();
    const limit = createGuessLimit(clock);
    for (let n = 0; n < 5; n++) expect(waitOf(limit, "198.51.100.7")).toBe(0);
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      const wait = waitOf(limit, "198.51.100.7");
      waits.push(wait);
      await clock.advance(wait * 1_000);
      limit.attempt("198.51.100.7", undefined);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    expect(waitOf(limit, "198.51.100.8")).toBe(0);
    await clock.advance(60 * 60_000);
    for (let n = 0; n < 5; n++) expect(waitOf(limit, "198.51.100.7")).toBe(0);
  });

  it("counts a network of IPv6 as one place, and an IPv4 address however it is written", () => {
    const limit = createGuessLimit(new FakeClock());
    for (const end of ["1", "2", "3:4", "ffff", "a"]) limit.attempt(`2001:db8:0:1::${end}`, undefined);
    expect(waitOf(limit, "2001:db8:0:1::b")).toBe(1);
    expect(waitOf(limit, "2001:db8:0:2::b")).toBe(0);
    for (let n = 0; n < 5; n++) limit.attempt("::ffff:192.0.2.1", undefined);
    expect(waitOf(limit, "192.0.2.1")).toBe(1);
  });

  it("from many places is slowed all together, and locks out no listed device", async () => {
    const clock = new FakeClock();
    const limit = createGuessLimit(clock);
    const waits = Array.from({ length: 60 }, (_, n) => waitOf(limit, `198.51.100.${n}`));
    expect(waits.filter((wait) => wait > 0)).toHaveLength(10);
    expect(waitOf(limit, "203.0.113.9")).toBe(10);
    expect(waitOf(limit, "203.0.113.9", "phone")).toBe(0);
    await clock.advance(10_000);
    expect(waitOf(limit, "203.0.113.9")).toBe(0);
  });

  it("begins anew with whoever was right", () => {
    const limit = createGuessLimit(new FakeClock());
    for (let n = 0; n < 4; n++) limit.attempt("198.51.100.7", undefined);
    limit.forgive("198.51.100.7", undefined);
    for (let n = 0; n < 5; n++) expect(waitOf(limit, "198.51.100.7")).toBe(0);
  });

  it("is remembered for a bounded number of places", () => {
    const limit = createGuessLimit(new FakeClock());
    for (let n = 0; n < 3_000; n++) waitOf(limit, `10.0.${n >> 8}.${n & 255}`, `device ${n}`);
    expect(waitOf(limit, "198.51.100.7", "device 2999")).toBe(0);
  });
});
