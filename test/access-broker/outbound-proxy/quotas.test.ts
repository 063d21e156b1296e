import { describe, expect, it } from "vitest";
import { createQuotas } from "../../../access-broker/outbound-proxy/quotas.ts";
import { createTimeLimit } from "../../../access-broker/outbound-proxy/time-limit.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const reached = (reason: string) =>
  expect.objectContaining({ code: "proxy-quota-reached", details: expect.objectContaining({ reason }) });

describe("The quotas", () => {
  it("hold for each home by itself, and a closed way makes room once", () => {
    const quotas = createQuotas(new FakeClock(), { openAtOnce: 2, octetsPerDay: 100 });
    const first = quotas.open("home-a");
    quotas.open("home-a");
    expect(() => quotas.open("home-a")).toThrow(reached("open-at-once"));
    quotas.open("home-b");
    first.close();
    first.close();
    quotas.open("home-a");
    expect(() => quotas.open("home-a")).toThrow(reached("open-at-once"));
  });

  it("count the octets of a day and begin anew with the next, for what is open too", async () => {
    const clock = new FakeClock();
    const quotas = createQuotas(clock, { openAtOnce: 2, octetsPerDay: 100 });
    const lease = quotas.open("home-a");
    expect([lease.spend(60), lease.spend(40), lease.spend(1)]).toEqual([true, true, false]);
    expect(() => quotas.open("home-a")).toThrow(reached("octets-per-day"));
    expect(quotas.open("home-b").spend(100)).toBe(true);
    await clock.advance(24 * 60 * 60_000);
    expect(lease.spend(100)).toBe(true);
  });
});

describe("A time limit", () => {
  const begin = () => {
    const clock = new FakeClock();
    const ends: number[] = [];
    return {
      clock,
      ends,
      limit: createTimeLimit(clock, { idleMs: 100, longestMs: 1_000 }, () => void ends.push(clock.now())),
    };
  };
  it("ends after silence, counted from what went through last, and once", async () => {
    const { clock, ends, limit } = begin();
    const begun = clock.now();
    await clock.advance(90);
    limit.touch();
    await clock.advance(99);
    expect(ends).toEqual([]);
    await clock.advance(5_000);
    expect(ends).toEqual([begun + 190]);
    expect(clock.pending).toBe(0);
  });
  it("ends in the end, however much goes through", async () => {
    const { clock, ends, limit } = begin();
    const begun = clock.now();
    for (let n = 0; n < 30; n++) {
      await clock.advance(50);
      limit.touch();
    }
    expect(ends).toEqual([begun + 1_000]);
  });
  it("that was stopped ends nothing", async () => {
    const { clock, ends, limit } = begin();
    limit.stop();
    await clock.advance(5_000);
    expect([ends, clock.pending]).toEqual([[], 0]);
  });
});
