/** The units that are shipped are in order, and hold a service tight. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeFlagsOf } from "../../command/child.ts";
import { packageRoot } from "../../host/package-root.ts";

const folder = join(packageRoot(), "packaging", "systemd");
const analyzer = "systemd-analyze";
const isThere = spawnSync(analyzer, ["--version"]).status === 0;
if (!isThere)
  process.stderr.write(`\nSKIPPED: ${analyzer} is not there, so that the systemd units are not verified.\n`);

/** As a machine would have it that has the command installed. */
function examined(name: string, ...args: readonly string[]) {
  const copy = mkdtempSync(join(tmpdir(), "genkan-unit-"));
  writeFileSync(
    join(copy, name),
    readFileSync(join(folder, name), "utf8").replaceAll("/usr/bin/genkan", process.execPath),
  );
  const { status, stdout, stderr } = spawnSync(analyzer, [...args, join(copy, name)], { encoding: "utf8" });
  rmSync(copy, { recursive: true });
  return { status, told: `${stdout}${stderr}` };
}

it.each(readdirSync(folder))("%s bounds the space for young objects as `genkan start` does", (name) => {
  const verb = name.replace(/^genkan-(.*)\.service$/, "$1");
  expect(readFileSync(join(folder, name), "utf8")).toContain(
    `Environment=NODE_OPTIONS=${nodeFlagsOf(verb).join(" ")}\n`,
  );
});

describe.skipIf(!isThere).each(readdirSync(folder))("%s", (name) => {
  it("is what systemd understands, without a warning", () => {
    expect(examined(name, "verify")).toEqual({ status: 0, told: "" });
  });

  it("leaves the service little to do harm with", () => {
    const { status, told } = examined(name, "security", "--offline=true", "--threshold=20");
    expect(status, told).toBe(0);
  });
});
