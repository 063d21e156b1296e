import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCaptureFile } from "../../command/capture-file.ts";
import { frameLine } from "../../command/frame-line.ts";
import { parseCapture } from "../../gateway-core/gateway.ts";
import { FakeClock } from "../fakes/fake-host.ts";

const clock = new FakeClock();
const record = { t: 5, dir: "in", peer: "192.168.1.20", octets: Uint8Array.of(1, 2, 3) } as const;

describe("A recording in a file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "genkan-capture-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("holds what was written, for its owner alone, and takes nothing after its end", () => {
    const path = join(folder, "home.jsonl");
    const file = openCaptureFile(path, { clock, onFull: () => expect.unreachable() });
    for (let turn = 0; turn < 3; turn++) file.write(record);
    file[Symbol.dispose]();
    file.write(record);
    expect(parseCapture(readFileSync(path, "utf8"))).toEqual([record, record, record]);
    expect([file.count, statSync(path).mode & 0o777]).toEqual([3, 0o600]);
  });

  it("does not grow beyond its bound, and says so once", () => {
    const path = join(folder, "home.jsonl");
    let told = 0;
    const onFull = (): void => void told++;
    using file = openCaptureFile(path, { clock, onFull, largest: 300 });
    for (let turn = 0; turn < 100; turn++) file.write(record);
    expect(statSync(path).size).toBeLessThanOrEqual(300);
    expect([told, file.count]).toEqual([1, parseCapture(readFileSync(path, "utf8")).length]);
    expect(file.count).toBeGreaterThan(1);
  });

  it("that cannot be written is a typed error", () => {
    expect(() => openCaptureFile(join(folder, "nowhere", "x"), { clock, onFull: () => undefined })).toThrow(
      expect.objectContaining({ code: "capture-invalid" }),
    );
  });
});

describe("A frame as one line", () => {
  const frame = { seoj: "029001", seojTitle: "Light", deoj: "05ff01", esv: "INF", esvTitle: "Announcement" };
  const said = (properties: readonly object[], more: object = {}): string =>
    frameLine(record, { ...frame, ...more, properties: JSON.parse(JSON.stringify(properties)) });

  it("says when, from where, what to what, and each value by its name", () => {
    const power = { epc: "80", edt: "30", title: "Power", value: true, text: "On" };
    const level = { epc: "b0", edt: "32", title: "Brightness", value: 50 };
    expect(said([power, level])).toBe(
      "    +0.005 s  ←  192.168.1.20     Light → 05ff01  Announcement (INF)  Power: On; Brightness: 50",
    );
  });

  it("shows octets where nothing is known of them, names alone where there are none, and lists as lists", () => {
    const facts = [
      { epc: "f0", edt: "0102" },
      { epc: "f1", edt: "" },
      { epc: "9f", edt: "0180", title: "Map", value: ["80"] },
    ];
    expect(said(facts, { properties2: [{ epc: "80", edt: "" }] })).toMatch(/f0: 0102; f1; Map: \["80"\]; 80$/);
  });

  it("says why what is no frame is none", () => {
    expect(frameLine({ ...record, dir: "out" }, { error: { code: "frame-malformed", message: "cut short" } })).toBe(
      "    +0.005 s  →  192.168.1.20     cut short",
    );
  });
});
