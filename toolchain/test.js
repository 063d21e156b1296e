/**
 * `npm test`: the checks, then every test, in a network of their own where the machine allows it (so that a home that
 * already runs here is neither heard nor disturbed), closing with one line that counts them.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./node24.js";
import { ownNetwork } from "./own-network.js";

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

function run(command) {
  return spawnSync(command[0], command.slice(1), { cwd: root, stdio: "inherit" }).status === 0;
}

const args = process.argv.slice(2);
const projects = args.length > 0 ? args : ["unit", "browser", "journey"];
const isChecked = args.length > 0 || run([process.execPath, join(root, "toolchain", "check.js")]);
const folder = mkdtempSync(join(tmpdir(), "genkan-test-"));
const report = join(folder, "report.json");
// The proof of the package installs from the registry: it alone needs the machine's own network.
const isPassed = run([
  ...(projects.includes("package") ? [] : ownNetwork()),
  process.execPath,
  vitest,
  "run",
  ...projects.flatMap((name) => ["--project", name]),
  // The codecs' coverage is a gate; it needs all unit tests, so a run of other projects alone has none.
  ...(projects.includes("unit") ? ["--coverage.enabled"] : []),
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
]);
let isCounted = false;
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, "utf8"));
  console.log(`\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  isCounted = numPassedTests > 0;
} catch {
  console.error("The test runner left no report.");
}
rmSync(folder, { recursive: true });
process.exit(isChecked && isPassed && isCounted ? 0 : 1);
