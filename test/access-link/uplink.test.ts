import { describe, expect, it } from "vitest";
import { SendWindow } from "../../gateway-core/access-link/send-window.ts";
import { createUplinkRoom } from "../../gateway-core/access-link/uplink-room.ts";
import type { Rung } from "../../gateway-core/contract/stream.ts";
import { FakeClock } from "../fakes/fake-host.ts";

const rungs: readonly Rung[] = [
  { name: "high", height: 480, videoKbps: 800, audioKbps: 64 },
  { name: "low", height: 240, videoKbps: 200, audioKbps: 40 },
];

describe("The room on an uplink", () => {
  it("is given to the best rung that was wished for", () => {
    const room = createUplinkRoom(new FakeClock());
    expect(room.enter(rungs, undefined).rung.name).toBe("high");
    expect(room.enter(rungs, "low").rung.name).toBe("low");
    expect(() => room.enter(rungs, "huge")).toThrow(expect.objectContaining({ code: "not-found" }));
    expect(() => room.enter([], undefined)).toThrow(expect.objectContaining({ code: "not-found" }));
  });

  it("is no more than the setting says: a lower rung while there is some, and nothing when there is none", () => {
    const room = createUplinkRoom(new FakeClock(), 1_200);
    const first = room.enter(rungs, "high");
    expect(room.enter(rungs, "high").rung.name).toBe("low");
    expect(() => room.enter(rungs, "low")).toThrow(
      expect.objectContaining({ code: "stream-quota-reached", details: { reason: "uplink", maximum: 1_200 } }),
    );
    first.leave();
    expect(room.enter(rungs, "high").rung.name).toBe("high");
    expect(createUplinkRoom(new FakeClock(), 900).enter(rungs, "high").rung.name).toBe("high");
  });

  it("leaves something for all else, however many streams there are", () => {
    const room = createUplinkRoom(new FakeClock(), 1_200);
    expect(room.leftKbps()).toBe(1_200);
    const first = room.enter(rungs, "high");
    expect(room.leftKbps()).toBe(1_200 - 864);
    room.enter(rungs, "high");
    expect(room.leftKbps()).toBe(120);
    first.leave();
    expect(room.leftKbps()).toBeGreaterThan(120);
    expect(createUplinkRoom(new FakeClock()).leftKbps()).toBe(Number.POSITIVE_INFINITY);
  });

  it("is little for all else while a stream has to wait, and as before afterwards", () => {
    const room = createUplinkRoom(new FakeClock());
    const [one, other] = [room.enter(rungs, "high"), room.enter(rungs, "low")];
    other.waits(true);
    expect(room.leftKbps()).toBe(64);
    one.waits(false);
    expect(room.leftKbps()).toBe(64);
    other.leave();
    expect(room.leftKbps()).toBe(Number.POSITIVE_INFINITY);
    const told = createUplinkRoom(new FakeClock(), 500);
    told.enter(rungs, "low").waits(true);
    expect(told.leftKbps()).toBe(64);
  });

  it("is for what the line was seen to carry, all streams together, and something beside", () => {
    const room = createUplinkRoom(new FakeClock());
    const first = room.enter(rungs, "high");
    first.saw(1_100);
    // 85 of a hundred are for streams.
    expect(room.enter(rungs, "high").rung.name).toBe("low");
    first.saw(2_100);
    expect(room.enter(rungs, "low").rung.name).toBe("low");
    const third = room.enter(rungs, "high");
    expect(third.rung.name).toBe("low");
    third.saw(4_000);
    expect(third.higher()?.name).toBe("high");
  });

  it("is not judged by what a stream sees beside something else, which makes way", async () => {
    const clock = new FakeClock();
    const room = createUplinkRoom(clock);
    const place = room.enter(rungs, "high");
    expect(place.isAlone).toBe(true);
    place.saw(9_000);
    room.leftKbps();
    expect(place.isAlone).toBe(false);
    place.saw(300);
    expect(room.enter(rungs, "high").rung.name).toBe("high");
    await clock.advance(1_000);
    expect(place.isAlone).toBe(true);
    place.saw(300);
    expect(room.enter(rungs, "high").rung.name).toBe("low");
    // Where nothing else is known it is better than nothing.
    const fresh = createUplinkRoom(clock);
    fresh.leftKbps();
    fresh.enter(rungs, "high").saw(300);
    expect(fresh.enter(rungs, "high").rung.name).toBe("low");
  });

  it("is tried after some minutes though the line was not seen to carry it: what is seen may be wrong", async () => {
    const clock = new FakeClock();
    const place = createUplinkRoom(clock).enter(rungs, "high");
    place.saw(500);
    expect(place.lower(500)?.name).toBe("low");
    for (let second = 0; second < 299; second++) {
      await clock.advance(1_000);
      expect(place.higher()).toBeUndefined();
    }
    await clock.advance(1_000);
    expect(place.higher()?.name).toBe("high");
  });

  it("is not kept low by a clock that was set back", () => {
    const clock = new FakeClock();
    const room = createUplinkRoom(clock);
    const place = room.enter(rungs, "high");
    place.saw(300);
    place.lower();
    expect([place.higher(), room.enter(rungs, "high").rung.name]).toEqual([undefined, "low"]);
    clock.set(clock.now() - 60 * 60_000);
    expect(room.enter(rungs, "high").rung.name).toBe("high");
    expect(place.higher()?.name).toBe("high");
  });

  it("is not tried anew with what did not drain, for longer each time", async () => {
    const clock = new FakeClock();
    const room = createUplinkRoom(clock);
    const place = room.enter(rungs, "high");
    expect([place.higher(), place.lower()?.name, place.lower()]).toEqual([undefined, "low", undefined]);
    expect(room.enter(rungs, "high").rung.name).toBe("low");
    expect(place.higher()).toBeUndefined();
    await clock.advance(15_000);
    expect(place.higher()?.name).toBe("high");
    await clock.advance(5_000);
    place.lower();
    await clock.advance(29_000);
    expect(place.higher()).toBeUndefined();
    await clock.advance(1_000);
    expect(place.higher()?.name).toBe("high");
    // What was carried for a minute is believed.
    await clock.advance(61_000);
    place.lower();
    await clock.advance(15_000);
    expect(place.higher()?.name).toBe("high");
  });
});

describe("What is under way on an uplink", () => {
  /** Sends all that the window lets, over a line of this rate; returns how many octets were under way at the end. */
  const run = (octetsPerMs: number, seconds: number): SendWindow => {
    const window = new SendWindow();
    const slice = 1_024;
    let [now, sent, done] = [0, 0, 0];
    const under: { readonly end: number; readonly doneAt: number }[] = [];
    for (; now < seconds * 1_000; now++) {
      while (window.free > 0) {
        sent += slice;
        done = Math.max(done, now) + slice / octetsPerMs;
        under.push({ end: sent, doneAt: done + 20 });
        window.sent(slice, now);
      }
      const due = under.filter(({ doneAt }) => doneAt <= now);
      under.splice(0, due.length);
      const last = due.at(-1);
      if (last !== undefined) window.taken(last.end, now);
    }
    return window;
  };

  it("is bounded by what the line carries in a fraction of a second, so that others do not wait", () => {
    // 600 kbit/s: 16 KiB are 218 ms.
    expect(run(75, 30).octets).toBeLessThan(24 * 1024);
    // 16 Mbit/s: wide open.
    expect(run(2_000, 30).octets).toBe(256 * 1024);
  });

  it("is not judged by a clock that was set back", () => {
    const window = new SendWindow();
    window.sent(8_192, 3_600_000);
    window.taken(8_192, 3_600_040);
    window.sent(8_192, 3_600_050);
    window.taken(16_384, 10);
    // 40 ms are what the way takes, as before.
    window.sent(8_192, 20);
    window.taken(24_576, 60);
    expect(window.octets).toBe(32 * 1024);
    for (let now = 100, total = 24_576; now < 20_000; now += 400) {
      window.sent(8_192, now);
      total += 8_192;
      window.taken(total, now + 390);
    }
    expect(window.octets).toBe(16 * 1024);
  });

  it("is judged by when it was asked for, where the other end says nothing by itself", () => {
    const late = new SendWindow({ least: 4_096, first: 8_192 });
    const asked = new SendWindow({ least: 4_096, first: 8_192 });
    for (const window of [late, asked]) {
      window.sawEmpty(100);
      for (let at = 0; at < 2; at++) window.sent(4_096, 0);
    }
    late.taken(8_192, 300);
    asked.taken(8_192, 300, 200);
    expect([late.octets, asked.octets]).toEqual([6_144, 16_384]);
  });

  it("is what the other end says, and never more than was sent", () => {
    const window = new SendWindow();
    window.sent(1_000, 0);
    window.taken(400, 1);
    expect(window.free).toBe(32 * 1024 - 600);
    for (const total of [399, 1_001]) {
      expect(() => window.taken(total, 2)).toThrow(expect.objectContaining({ code: "link-message-invalid" }));
    }
  });
});
