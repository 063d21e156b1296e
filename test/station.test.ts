import { describe, expect, it } from "vitest";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { StationStatus } from "../gateway-core/contract/station.ts";
import { createStation, type Works } from "../gateway-core/station.ts";
import { fakeHost, settle } from "./fakes/fake-host.ts";

/** A station that counts what happens behind it and passes numbers on, doubled. */
function doubler(options: { fails?: boolean } = {}) {
  const host = fakeHost();
  let late = 0;
  const told = { opened: 0, closed: 0, unwired: [] as string[], received: [] as number[] };
  const station = createStation<number>(
    {
      name: "page",
      parse(message) {
        if (typeof message !== "number") throw new HomeError("flow-invalid", "no number");
        return message;
      },
      wires: { zeros: (message) => message === 0, nines: (message) => message === 9 },
      async open(send): Promise<Works<number>> {
        if (options.fails) throw new HomeError("address-unusable", "port 1 is taken");
        told.opened++;
        return {
          receive(message) {
            told.received.push(message);
            send(message * 2);
          },
          unwire: (wire) => void told.unwired.push(wire),
          snapshots: () => ["all"],
          close: async () => void told.closed++,
        };
      },
    },
    host.clock,
    host.log,
    undefined,
    () => void late++,
  );
  const out: unknown[] = [];
  station.onOutput((message) => out.push(message));
  return { host, told, station, out, late: () => late };
}

describe("A station", () => {
  it("opens at the first hold, tells its snapshot, and closes 3 s after the last", async () => {
    const { host, told, station, out } = doubler();
    const [first, second] = [station.hold(), station.hold()];
    await settle();
    expect(told.opened).toBe(1);
    expect(out).toEqual(["all"]);
    first.release();
    second.release();
    await host.clock.advance(2_999);
    expect(told.closed).toBe(0);
    await host.clock.advance(1);
    expect(told.closed).toBe(1);
    expect(station.status.state).toBe("closed");
  });

  it("stays open over a deploy: let go and held again within the linger", async () => {
    const { host, told, station } = doubler();
    const first = station.hold();
    await settle();
    first.release();
    await host.clock.advance(1_000);
    station.hold();
    await host.clock.advance(60_000);
    expect(told).toMatchObject({ opened: 1, closed: 0 });
  });

  it("counts a release once, however often it is called", async () => {
    const { host, told, station } = doubler();
    const first = station.hold();
    station.hold();
    first.release();
    first.release();
    await host.clock.advance(10_000);
    expect(told.closed).toBe(0);
  });

  it("hands on what came in while it was opening, in order", async () => {
    const { told, station, out } = doubler();
    station.hold();
    station.receive(1);
    station.receive(2);
    await settle();
    expect(told.received).toEqual([1, 2]);
    expect(out).toEqual([2, 4, "all"]);
  });

  it("refuses a message that it does not understand with a typed error", () => {
    const { station } = doubler();
    expect(() => station.receive("x")).toThrow(expect.objectContaining({ code: "flow-invalid" }));
  });

  it("is unwired when no snapshot follows a deploy within half a second", async () => {
    const { host, told, station } = doubler();
    station.hold();
    await settle();
    station.expectSnapshot();
    station.receive(7);
    await host.clock.advance(500);
    expect(told.unwired).toEqual(["zeros", "nines"]);
  });

  it("stays wired when a snapshot follows the deploy", async () => {
    const { host, told, station } = doubler();
    station.hold();
    await settle();
    station.expectSnapshot();
    station.receive(0);
    station.receive(9);
    await host.clock.advance(5_000);
    expect(told.unwired).toEqual([]);
  });

  it("tells its wires apart: one may be cut and another not", async () => {
    const { host, told, station } = doubler();
    station.hold();
    await settle();
    station.expectSnapshot();
    station.receive(9);
    await host.clock.advance(5_000);
    expect(told.unwired).toEqual(["zeros"]);
  });

  it("shows why it could not open, logs it once and tries again at the next hold", async () => {
    const { host, station } = doubler({ fails: true });
    const seen: StationStatus[] = [];
    station.onStatus((status) => seen.push(status));
    station.hold();
    await settle();
    expect(seen.at(-1)).toEqual({ state: "failed", text: "address-unusable", detail: "port 1 is taken" });
    expect(host.log.events("error")).toEqual(["station-failed"]);
    station.hold();
    await settle();
    expect(host.log.events("error")).toHaveLength(2);
  });

  it("closes at once when it is disposed of", async () => {
    const { told, station } = doubler();
    station.hold();
    await settle();
    await station[Symbol.asyncDispose]();
    expect(told.closed).toBe(1);
  });

  it("is open again, and says so, when it is held while it closes", async () => {
    const closing = Promise.withResolvers<void>();
    const host = fakeHost();
    const plan = { name: "page", parse: () => 0, open: async () => ({ close: () => closing.promise }) } as const;
    const station = createStation<number>(plan, host.clock, host.log);
    const first = station.hold();
    await settle();
    first.release();
    await host.clock.advance(3_000);
    station.hold();
    closing.resolve();
    await settle();
    expect(station.status.state).toBe("open");
  });

  it("tries again by itself, ever more slowly, says the same failure once, and opens when it can", async () => {
    const options = { fails: true };
    const { host, told, station } = doubler(options);
    station.hold();
    await host.clock.advance(2_000 + 4_000 + 8_000);
    expect(host.log.events("error")).toEqual(["station-failed"]);
    expect(station.status.state).toBe("failed");
    options.fails = false;
    await host.clock.advance(15_999);
    expect(told.opened).toBe(0);
    await host.clock.advance(1);
    expect(told.opened).toBe(1);
    expect(station.status).toEqual({ state: "open", text: "open" });
  });

  it("keeps nothing of what comes while it cannot open, and has all told anew when it has opened at last", async () => {
    const options = { fails: true };
    const { host, told, station, late } = doubler(options);
    station.hold();
    await settle();
    station.receive(1);
    options.fails = false;
    await host.clock.advance(2_000);
    expect([told.received, late()]).toEqual([[], 1]);
    expect(host.log.events("info")).toEqual(["station-open-at-last"]);
    station.tellAnew();
    station.receive(2);
    expect(told.received).toEqual([2]);
  });

  it("is not late when it was let go before it could open", async () => {
    const options = { fails: true };
    const { host, told, station, late } = doubler(options);
    station.hold().release();
    await host.clock.advance(60_000);
    options.fails = false;
    station.hold();
    station.receive(1);
    await settle();
    expect([told.received, late()]).toEqual([[1], 0]);
  });

  it("does not try again when nobody holds it any more", async () => {
    const { host, station } = doubler({ fails: true });
    station.hold().release();
    await host.clock.advance(600_000);
    expect(host.clock.pending).toBe(0);
    expect(station.status.state).toBe("closed");
  });

  it("opens again after a closing that failed, which is logged", async () => {
    let opened = 0;
    const host = fakeHost();
    const plan = {
      name: "page",
      parse: () => 0,
      async open() {
        opened++;
        return { close: () => Promise.reject(new HomeError("internal", "stuck")) };
      },
    } as const;
    const station = createStation<number>(plan, host.clock, host.log);
    const first = station.hold();
    await settle();
    first.release();
    await host.clock.advance(3_000);
    expect(host.log.events("error")).toEqual(["station-not-closed"]);
    station.hold();
    await settle();
    expect(opened).toBe(2);
  });

  it("goes on when what one of its wires leads to throws", async () => {
    const { host, told, station, out } = doubler();
    const other: unknown[] = [];
    station.onOutput(() => {
      throw new HomeError("flow-invalid", "not for me");
    });
    station.onOutput((message) => other.push(message));
    station.hold();
    await settle();
    station.receive(4);
    expect(told.received).toEqual([4]);
    expect([out, other]).toEqual([
      ["all", 8],
      ["all", 8],
    ]);
    expect(host.log.events("error")).toEqual(["station-output-failed", "station-output-failed"]);
  });

  it("is closed, and not for ever opening, when it is let go before it began to open", async () => {
    const { host, told, station } = doubler();
    station.hold().release();
    await host.clock.advance(3_000);
    expect([told.opened, station.status.state]).toEqual([0, "closed"]);
  });
});
