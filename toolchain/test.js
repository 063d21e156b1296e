/**
 * `npm test`: the checks, then every test, in a network of their own where the machine allows it (so that a home that
 * already runs here is neither heard nor disturbed), closing with one line that counts them.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./node24.js";

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

/** Prefix that runs a command in a fresh network namespace with loopback up, or nothing where that cannot be. */
function ownNetwork() {
  // Beside loopback a second address (198.51.100.0/24 is reserved for documentation), so that there is an outside.
  const setUp = ["ip link set lo up", "ip route add 224.0.0.0/4 dev lo", "ip addr add 198.51.100.1/32 dev lo"];
  const wrap = ["unshare", "--net", "sh", "-c", `${setUp.join(" && ")} && exec "$@"`, "sh"];
  const isPossible = spawnSync(wrap[0], [...wrap.slice(1), "true"]).status === 0;
  if (!isPossible) console.error("No network namespace of our own here: the tests share this machine's loopback.");
  return isPossible ? wrap : [];
}

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
