import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import meter from "../../device-descriptors/echonet/0288.json" with { type: "json" };
import type { Device } from "../../gateway-core/contract/device.ts";
import type { HistoryAnswer } from "../../gateway-core/contract/history.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import { type KeptHistory, openHistory } from "../../gateway-core/history/history.ts";
import { hourMs, minuteMs } from "../../gateway-core/history/span.ts";
import { type FakeHost, fakeHost, settle } from "../fakes/fake-host.ts";
import { narrowed, sensor } from "../fakes/page-home.ts";

const energy = "normalDirectionCumulativeElectricEnergy";
const dayMs = 24 * hourMs;

describe("The history of a home", () => {
  let folder: string;
  let file: string;
  let host: FakeHost;
  let history: KeptHistory;
  const start = async (megabytes = 200): Promise<void> => {
    history = await openHistory({ host, file, days: 400, megabytes });
  };
  const stop = (): PromiseLike<void> => history[Symbol.asyncDispose]();
  const restart = async (): Promise<void> => {
    await stop();
    await start();
  };
  const now = (): number => host.clock.now();
  const meet = (...devices: Device[]): void => history.receive({ type: "snapshot", devices });
  const warm = (value: Json): Device => at(sensor(), "temperature", value);
  const metered = (value: Json): Device => at(narrowed(meter, "meter", { [energy]: null }), energy, value);
  const at = (device: Device, name: string, value: Json): Device => ({
    ...device,
    availabilityAt: 0,
    values: { [name]: { value, at: value === null ? 0 : now() } },
  });
  const tell = (value: Json, device = "sensor", property = "temperature"): void =>
    history.receive({ type: "changed", device, property, value, at: now() });
  const ask = (from: number, points = 24, device = "sensor", property = "temperature"): HistoryAnswer =>
    history.read({ device, property, from, to: now(), points, zone: "UTC" });
  const used = (from: number): number =>
    ask(from, 1_000, "meter", energy).points.reduce((sum, [, amount]) => sum + amount, 0);
  const extremes = (from: number): readonly number[] => {
    const { points } = ask(from, 1_000);
    return [Math.min(...points.map((point) => point[2] ?? 0)), Math.max(...points.map((point) => point[3] ?? 0))];
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "genkan-history-"));
    file = join(folder, "history.sqlite");
    host = fakeHost();
    // On the hour.
    await host.clock.advance(hourMs - (now() % hourMs));
    await start();
  });
  afterEach(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is a mean over the time that a value held, with its extremes, before and after it was written", async () => {
    const begin = now();
    meet(warm(20));
    await host.clock.advance(45 * minuteMs);
    tell(24);
    await host.clock.advance(15 * minuteMs);
    const whole = { kind: "measured", step: { unit: "hour", count: 1 }, points: [[begin, 21, 20, 24]] };
    expect(ask(begin - hourMs, 2)).toMatchObject(whole);
    await restart();
    meet(warm(null));
    expect(ask(begin - hourMs, 2)).toMatchObject(whole);
  });

  it("goes to the minute where something changed, and tells an hour of calm by the hour", async () => {
    const begin = now();
    meet(warm(20));
    await host.clock.advance(hourMs + 30 * minuteMs);
    tell(22);
    await host.clock.advance(30 * minuteMs);
    await restart();
    meet(warm(null));
    const { points, step } = ask(begin, 24);
    expect(step).toEqual({ unit: "minute", count: 5 });
    expect(points).toHaveLength(24);
    expect(points.slice(0, 18).every(([, mean]) => mean === 20)).toBe(true);
    expect(points.slice(18).every(([, mean]) => mean === 22)).toBe(true);
  });

  it("knows nothing of the time in which a device is silent, away, or says that it knows nothing", async () => {
    const begin = now();
    meet(warm(20));
    for (const event of [
      { type: "availability", device: "sensor", available: false, at: now() + 10 * minuteMs },
      { type: "availability", device: "sensor", available: true, at: now() + 20 * minuteMs },
      { type: "changed", device: "sensor", property: "temperature", value: null, at: now() + 30 * minuteMs },
      { type: "changed", device: "sensor", property: "temperature", value: 21, at: now() + 40 * minuteMs },
      { type: "gone", device: "sensor" },
    ] as const) {
      if ("at" in event) await host.clock.advance(event.at - now());
      history.receive(event);
    }
    await host.clock.advance(20 * minuteMs - 1);
    meet(warm(null));
    const known = ask(begin, 60).points.map(([point]) => (point - begin) / minuteMs);
    const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, minute) => from + minute);
    expect(known).toEqual([...minutes(0, 10), ...minutes(20, 30), 40]);
  });

  it("counts what a meter used, hour by hour, over a restart, a reset and its last digit", async () => {
    const begin = now();
    meet(metered(99_998));
    await host.clock.advance(hourMs);
    tell(99_999.5, "meter", energy);
    await stop();
    await host.clock.advance(4 * hourMs);
    await start();
    meet(metered(0.5));
    expect(used(begin)).toBeCloseTo(2.5, 6);
    await host.clock.advance(hourMs);
    tell(700, "meter", energy);
    await host.clock.advance(minuteMs);
    tell(2, "meter", energy);
    expect(used(begin)).toBeCloseTo(704, 6);
    const { points, step } = ask(begin, 1_000, "meter", energy);
    expect(step).toEqual({ unit: "hour", count: 1 });
    // What came while the gateway was away came evenly.
    expect(points.slice(1, 5).every(([, amount]) => amount > 0.15 && amount < 0.35)).toBe(true);
  });

  it("adds up to the same by the hour, the day and the month", async () => {
    const begin = now();
    meet(metered(0));
    for (let hour = 1; hour <= 60; hour++) {
      await host.clock.advance(hourMs);
      tell(hour / 2, "meter", energy);
    }
    for (const points of [1_000, 30, 4, 2]) {
      const amounts = ask(begin, points, "meter", energy).points.map(([, amount]) => amount);
      expect(amounts.reduce((sum, one) => sum + one, 0)).toBeCloseTo(30, 6);
    }
  });

  it("is written seldom, in one go, and at the end", async () => {
    meet(warm(20));
    const before = readFileSync(`${file}-wal`).byteLength;
    for (let minute = 0; minute < 14; minute++) {
      tell(20 + minute);
      await host.clock.advance(minuteMs);
    }
    expect(readFileSync(`${file}-wal`).byteLength).toBe(before);
    await host.clock.advance(minuteMs);
    expect(readFileSync(`${file}-wal`).byteLength).toBeGreaterThan(before);
  });

  it("sets a damaged file aside, says so, and begins anew", async () => {
    await stop();
    writeFileSync(file, "what is no database at all, and longer than a header of SQLite would be ".repeat(50));
    await start();
    expect(host.log.events("warn")).toEqual(["history-off", "history-set-aside"]);
    expect(existsSync(`${file}.damaged`)).toBe(true);
    const begin = now();
    meet(warm(20));
    await host.clock.advance(hourMs);
    expect(extremes(begin)).toEqual([20, 20]);
  });

  it("loses nothing of what it holds when its file is damaged under its hands", async () => {
    const begin = now();
    meet(warm(20), metered(1));
    await host.clock.advance(hourMs);
    await stop();
    const octets = readFileSync(file);
    writeFileSync(file, octets.fill(0xa5, 4_096));
    await start();
    meet(warm(30));
    await host.clock.advance(2 * hourMs);
    expect(extremes(begin + hourMs)).toEqual([30, 30]);
    expect(host.log.events("warn")).toContain("history-set-aside");
  });

  it("does without a file that cannot be had, says why, and goes on once it can", async () => {
    await stop();
    file = join(folder, "taken", "history.sqlite");
    writeFileSync(join(folder, "taken"), "no folder");
    await start();
    const begin = now();
    meet(warm(20));
    await host.clock.advance(hourMs);
    expect(() => ask(begin)).toThrow(
      expect.objectContaining({ code: "history-off", details: { reason: "store-unavailable" } }),
    );
    expect(host.log.events("warn")).toEqual(["history-off"]);
    rmSync(join(folder, "taken"));
    mkdirSync(join(folder, "taken"));
    await host.clock.advance(15 * minuteMs);
    expect(extremes(begin)).toEqual([20, 20]);
  });

  it("forgets the oldest when its file is full, and never grows beyond its bound", async () => {
    await stop();
    await start(4);
    const begin = now();
    meet(...Array.from({ length: 60 }, (_, index) => ({ ...warm(0), id: `sensor-${index}` })));
    for (let quarter = 0; quarter < 90; quarter++) {
      for (let minute = 0; minute < 15; minute++) {
        const moment = now() + minute * minuteMs;
        for (let index = 0; index < 60; index++) {
          const value = quarter + minute / 7;
          history.receive({ type: "changed", device: `sensor-${index}`, property: "temperature", value, at: moment });
        }
      }
      await host.clock.advance(15 * minuteMs);
    }
    expect(readFileSync(file).byteLength).toBeLessThanOrEqual(4 * 2 ** 20);
    const { points } = ask(begin, 1_000, "sensor-7");
    expect(points.at(-1)?.[3]).toBeCloseTo(89 + 2);
  });

  it("forgets what is too old, but not on the word of a clock that was just set", async () => {
    const begin = now();
    meet(warm(20));
    await host.clock.advance(2 * hourMs);
    await host.clock.advance(9 * dayMs);
    const kept = ask(begin, 1_000).points.length;
    await restart();
    meet(warm(20));
    // A clock that stood two years ahead for half an hour.
    host.clock.set(now() + 800 * dayMs);
    await host.clock.advance(30 * minuteMs);
    host.clock.set(now() - 800 * dayMs);
    await host.clock.advance(30 * minuteMs);
    expect(ask(begin, 1_000).points.length).toBeGreaterThanOrEqual(kept);
    host.clock.set(now() + 800 * dayMs);
    await host.clock.advance(3 * hourMs);
    expect(ask(begin, 1_000).points.every(([point]) => point > begin + 300 * dayMs)).toBe(true);
  });

  it("takes a clock that goes back as it comes: no time counts below zero, and nothing is lost", async () => {
    const begin = now();
    meet(warm(20), metered(1));
    await host.clock.advance(50 * minuteMs);
    host.clock.set(now() - 30 * minuteMs);
    tell(22);
    tell(3, "meter", energy);
    await host.clock.advance(40 * minuteMs);
    expect(extremes(begin)).toEqual([20, 22]);
    expect(used(begin)).toBeCloseTo(2);
  });

  it("is of what descriptors want kept, and of nothing else", async () => {
    meet(warm(20));
    expect(() => ask(0, 24, "sensor", "power")).toThrow(expect.objectContaining({ code: "unknown-property" }));
    expect(() => ask(0, 24, "nobody")).toThrow(expect.objectContaining({ code: "unknown-property" }));
    await settle();
  });
});
