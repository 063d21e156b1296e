import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sleep } from "../../gateway-core/contract/clock.ts";
import { fileMemory, systemClock, systemIds } from "../../host/system-host.ts";

describe("File memory", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "genkan-memory-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads back what it wrote, in another instance too, and leaves no temporary file", () => {
    fileMemory(folder).write("ids", { a: [1, null, "x"] });
    expect(fileMemory(folder).read("ids")).toEqual({ a: [1, null, "x"] });
    expect(readdirSync(folder)).toEqual(["ids.json"]);
  });
  it("is readable by its owner alone", () => {
    fileMemory(folder).write("secret", "s");
    expect(statSync(join(folder, "secret.json")).mode & 0o777).toBe(0o600);
  });
  it("knows nothing of a name that was never written", () => {
    expect(fileMemory(folder).read("nothing")).toBeUndefined();
  });
  it("tells of a broken file with a typed error rather than forgetting it", () => {
    writeFileSync(join(folder, "ids.json"), "{");
    expect(() => fileMemory(folder).read("ids")).toThrow(expect.objectContaining({ code: "store-unavailable" }));
  });
});

describe("The system's clock and ids", () => {
  it("a cancelled timer does not run, a sleep ends when aborted", async () => {
    let isRun = false;
    const mark = (): void => {
      isRun = true;
    };
    systemClock.after(1, mark).cancel();
    const leaving = new AbortController();
    const sleeping = sleep(systemClock, 60_000, leaving.signal);
    leaving.abort(new Error("left"));
    await expect(sleeping).rejects.toThrow("left");
    expect(isRun).toBe(false);
  });
  it("what is to be done at a time is not done before the clock shows it; a clock that is set back delays nothing", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 10_000 });
    try {
      const done: number[] = [];
      systemClock.after(500, () => done.push(Date.now()));
      systemClock.after(500, () => done.push(0)).cancel();
      vi.advanceTimersByTime(499);
      vi.setSystemTime(10_498);
      vi.advanceTimersByTime(1);
      expect(done).toEqual([]);
      const late = systemClock.after(500, () => done.push(1));
      vi.advanceTimersByTime(1);
      expect(done).toEqual([10_500]);
      late.cancel();
      systemClock.after(500, () => done.push(Date.now()));
      vi.setSystemTime(1_000);
      vi.advanceTimersByTime(500);
      expect(done).toEqual([10_500, 1_500]);
    } finally {
      vi.useRealTimers();
    }
  });
  it("ids are fresh, long and safe in a topic or a file name", () => {
    const ids = new Set(Array.from({ length: 100 }, () => systemIds.fresh()));
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22,}$/);
    expect(systemIds.fraction()).toBeGreaterThanOrEqual(0);
    expect(systemIds.fraction()).toBeLessThan(1);
  });
});
