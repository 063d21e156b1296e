import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readBrokerSettings } from "../../command/broker-settings.ts";
import { readSettings } from "../../command/read-settings.ts";

describe("The settings of a home", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "genkan-settings-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are the defaults where there is no file, and what the command line says wins", () => {
    expect(readSettings(folder, ["page.port=81"]).gateway.page.port).toBe(81);
    writeFileSync(join(folder, "settings.json"), '{"page":{"port":82},"accessBroker":{"userPort":83}}');
    expect(readSettings(folder, []).gateway.page.port).toBe(82);
    expect(readBrokerSettings(folder, []).userPort).toBe(83);
    expect(readSettings(folder, ["page.port=81"]).gateway.page.port).toBe(81);
  });

  it("are refused, not passed over, when the file cannot be read or is no JSON object", () => {
    const file = join(folder, "settings.json");
    for (const text of ["{", "[]", "7"]) {
      writeFileSync(file, text);
      expect(() => readSettings(folder, [])).toThrow(expect.objectContaining({ code: "settings-invalid" }));
    }
    rmSync(file);
    mkdirSync(file);
    expect(() => readSettings(folder, [])).toThrow(expect.objectContaining({ code: "settings-invalid" }));
  });
});
