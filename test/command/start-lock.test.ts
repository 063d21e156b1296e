import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockState } from "../../command/start-lock.ts";

describe("The lock of a state folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "genkan-lock-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = (): string => join(folder, "start.pid");

  it("is held by one process at a time, and the other is told which", () => {
    using held = lockState(folder, "en");
    expect(held).toBeDefined();
    expect(() => lockState(folder, "en")).toThrow(expect.objectContaining({ code: "already-running" }));
    expect(() => lockState(folder, "en")).toThrow(String(process.pid));
    expect(readFileSync(file(), "utf8")).toBe(`${process.pid}\n`);
  });

  it("is free again when its holder lets go", () => {
    lockState(folder, "en")[Symbol.dispose]();
    expect(existsSync(file())).toBe(false);
    lockState(folder, "en")[Symbol.dispose]();
  });

  it("is free when its holder was killed and left it behind, or left nonsense", () => {
    const { pid } = spawnSync(process.execPath, ["-e", "0"]);
    for (const left of [`${pid}\n`, "nonsense", ""]) {
      writeFileSync(file(), left);
      lockState(folder, "en")[Symbol.dispose]();
    }
  });
});
