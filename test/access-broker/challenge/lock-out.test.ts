import { describe, expect, it } from "vitest";
import { createLockOut } from "../../../access-broker/challenge/lock-out.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

/** Seconds to wait, or 0. */
function attempt(lockOut: ReturnType<typeof createLockOut>, number: string, source: string): number {
  try {
    lockOut.attempt(number, source);
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
