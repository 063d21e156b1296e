/** `genkan simulated-home --scenario` as a user types it. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageRoot } from "../../host/package-root.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-scenario-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a command that fails says, and how it ends. */
function simulate(scenario: string): { status: number | null; error: unknown } {
  const genkan = join(packageRoot(), "command", "genkan.ts");
  const args = [genkan, "simulated-home", "--state", folder, "--json", "--scenario", scenario];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
  return { status, error: JSON.parse(stderr.trim().split("\n").at(-1) ?? "") };
}

it("A scenario that breaks its schema ends the command with the path to what is wrong", { timeout: 120_000 }, () => {
  const file = join(folder, "home.json");
  writeFileSync(file, '{"nodes":[{"objects":[{"class":"0290","count":0}]}]}');
  expect(simulate(file)).toMatchObject({
    status: 1,
    error: { error: { code: "settings-invalid", path: "/nodes/0/objects/0/count" } },
  });
});

it("A scenario that nobody ships ends the command with its name", { timeout: 120_000 }, () => {
  expect(simulate("no-such-home")).toMatchObject({
    status: 1,
    error: { error: { code: "settings-invalid", message: expect.stringContaining("no-such-home") } },
  });
});
