import { describe, expect, it } from "vitest";
import { createLockOut } from "../../../access-broker/challenge/lock-out.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

/** Seconds to wait, or 0. */
function attempt(lockOut: ReturnType<typeof createLockOut>, number: string, source: string, device?: string): number {
  try {
    lockOut.attempt(number, source, device);
    return 0;
  } catch (thrown) {
    if (thrown instanceof HomeError && thrown.code === "too-many-attempts") return Number(thrown.details["retryAfter"]);
    throw thrown;
  }
}

describe("The lock-out", () => {
  it("lets five attempts pass, then waits longer with each, up to a quarter of an hour", async () => {
    const clock = new FakeClock();
    const lockOut = createLockOut(clock);
    for (let n = 0; n < 5; n++) expect(attempt(lockOut, "a", "192.0.2.1")).toBe(0);
    const waits: number[] = [];
    for (let n = 0; n < 14; n++) {
      const wait = attempt(lockOut, "a", "192.0.2.1");
      waits.push(wait);
      await clock.advance(wait * 1000);
      expect(attempt(lockOut, "a", "192.0.2.1")).toBe(0);
    }
    expect(waits.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(waits.at(-1)).toBe(900);
  });

  it("locks out who guesses, from nowhere else and nobody else", () => {
    const lockOut = createLockOut(new FakeClock());
    for (let n = 0; n < 6; n++) attempt(lockOut, "a", "192.0.2.1");
    expect(attempt(lockOut, "a", "192.0.2.1")).toBeGreaterThan(0);
    expect(attempt(lockOut, "a", "192.0.2.2")).toBe(0);
    expect(attempt(lockOut, "b", "192.0.2.1")).toBe(0);
  });

  it("takes all of an IPv6 /64 for one source, and a mapped IPv4 address for itself", () => {
    const lockOut = createLockOut(new FakeClock());
    for (let n = 0; n < 6; n++) attempt(lockOut, "a", `2001:db8::${n + 1}`);
    expect(attempt(lockOut, "a", "2001:db8:0:0:9::1")).toBeGreaterThan(0);
    expect(attempt(lockOut, "a", "2001:db8:0:1::1")).toBe(0);
    for (let n = 0; n < 6; n++) attempt(lockOut, "b", "::ffff:192.0.2.1");
    expect(attempt(lockOut, "b", "192.0.2.1")).toBeGreaterThan(0);
  });

  it("begins anew after a good attempt, and after a quiet hour", async () => {
    const clock = new FakeClock();
    const lockOut = createLockOut(clock);
    for (let n = 0; n < 6; n++) attempt(lockOut, "a", "192.0.2.1");
    lockOut.forgive("a", "192.0.2.1");
    expect(attempt(lockOut, "a", "192.0.2.1")).toBe(0);
    for (let n = 0; n < 6; n++) attempt(lockOut, "b", "192.0.2.1");
    await clock.advance(60 * 60_000);
    for (let n = 0; n < 5; n++) expect(attempt(lockOut, "b", "192.0.2.1")).toBe(0);
  });
});

describe("Guessing from many sources", () => {
  const pace = { burst: 20, refillMs: 10_000 };
  const sourceOf = (n: number): string => `198.51.${Math.floor(n / 250)}.${n % 250}`;

  it("is slowed all together, however many they are", async () => {
    const clock = new FakeClock();
    const lockOut = createLockOut(clock, pace);
    for (let n = 0; n < 20; n++) expect(attempt(lockOut, "a", sourceOf(n))).toBe(0);
    expect(attempt(lockOut, "a", sourceOf(20))).toBe(10);
    let passed = 0;
    for (let n = 21; n < 500; n++) {
      await clock.advance(1_000);
      if (attempt(lockOut, "a", sourceOf(n)) === 0) passed++;
    }
    expect(passed).toBeGreaterThan(45);
    expect(passed).toBeLessThan(50);
  });

  it("locks nobody out who is known: neither a source nor a device, and no other home", async () => {
    const lockOut = createLockOut(new FakeClock(), pace);
    attempt(lockOut, "a", "192.0.2.1");
    lockOut.forgive("a", "192.0.2.1");
    for (let n = 0; n < 100; n++) attempt(lockOut, "a", sourceOf(n));
    expect(attempt(lockOut, "a", "203.0.113.1")).toBeGreaterThan(0);
    expect(attempt(lockOut, "a", "192.0.2.1")).toBe(0);
    expect(attempt(lockOut, "a", "203.0.113.1", "device")).toBe(0);
    expect(attempt(lockOut, "b", "203.0.113.1")).toBe(0);
  });

  it("from beside a known device does not slow it, and the device counts for itself", () => {
    const lockOut = createLockOut(new FakeClock(), pace);
    for (let n = 0; n < 10; n++) attempt(lockOut, "a", "192.0.2.1");
    expect(attempt(lockOut, "a", "192.0.2.1")).toBeGreaterThan(0);
    for (let n = 0; n < 5; n++) expect(attempt(lockOut, "a", "192.0.2.1", "device")).toBe(0);
    expect(attempt(lockOut, "a", "203.0.113.9", "device")).toBeGreaterThan(0);
  });

  it("is remembered within bounds: the oldest is forgotten first", () => {
    const lockOut = createLockOut(new FakeClock(), pace);
    for (let n = 0; n < 6; n++) attempt(lockOut, "first", "192.0.2.1");
    expect(attempt(lockOut, "first", "192.0.2.1")).toBeGreaterThan(0);
    for (let n = 0; n <= 50_000; n++) attempt(lockOut, `home-${n}`, "192.0.2.1");
    expect(attempt(lockOut, "first", "192.0.2.1")).toBe(0);
    for (let n = 0; n < 6; n++) attempt(lockOut, "home-50000", "192.0.2.1");
    expect(attempt(lockOut, "home-50000", "192.0.2.1")).toBeGreaterThan(0);
  });
});
