import { describe, expect, it } from "vitest";
import { createLease } from "../../nodes/lease.ts";
import { FakeClock, settle } from "../fakes/fake-host.ts";

function house() {
  const clock = new FakeClock();
  const told = { made: 0, disposed: 0 };
  const lease = createLease<AsyncDisposable>(clock);
  const make = (): AsyncDisposable => {
    told.made++;
    return { [Symbol.asyncDispose]: async () => void told.disposed++ };
  };
  return { clock, told, take: (key = "a") => lease(key, make) };
}

describe("A lease", () => {
  it("shares one thing under one key and makes another under another", () => {
    const { told, take } = house();
    expect(take().value).toBe(take().value);
    expect(take("b").value).not.toBe(take().value);
    expect(told.made).toBe(2);
  });

  it("disposes of it 3 s after the last release", async () => {
    const { clock, told, take } = house();
    const [first, second] = [take(), take()];
    first.release();
    first.release();
    await clock.advance(10_000);
    expect(told.disposed).toBe(0);
    second.release();
    await clock.advance(2_999);
    expect(told.disposed).toBe(0);
    await clock.advance(1);
    expect(told.disposed).toBe(1);
  });

  it("keeps it over a deploy that releases and takes again", async () => {
    const { clock, told, take } = house();
    take().release();
    await clock.advance(1_000);
    take();
    await clock.advance(10_000);
    expect(told).toEqual({ made: 1, disposed: 0 });
  });

  it("makes another only after what nobody leases any more has let go", async () => {
    const clock = new FakeClock();
    const told: string[] = [];
    const disposing = Promise.withResolvers<void>();
    const lease = createLease<AsyncDisposable>(clock);
    const old = lease("old settings", () => ({ [Symbol.asyncDispose]: () => disposing.promise }));
    old.release();
    lease("new settings", (after) => {
      void after.then(() => told.push("free"));
      return { [Symbol.asyncDispose]: async () => undefined };
    });
    await settle();
    expect(told).toEqual([]);
    disposing.resolve();
    await settle();
    expect(told).toEqual(["free"]);
  });
});
