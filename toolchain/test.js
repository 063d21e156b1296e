/**
 * `npm test`: the checks, then every test, closing with what failed and one line that counts them. Journeys wait more than they compute,
 * so they run beside the unit tests, in two lanes, each in a network of its own: no home is heard or disturbed by another,
 * nor by one that runs here already. Where the machine allows no such network, all runs one after the other.
 */

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root } from "./node24.js";
import { ownNetwork } from "./own-network.js";

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

const args = process.argv.slice(2);
const projects = args.length > 0 ? args : ["unit", "browser", "journey"];
const check = [join(root, "toolchain", "check.js")];
const isChecked = args.length > 0 || (await run([process.execPath, ...check], true)).isPassed;
const folder = mkdtempSync(join(tmpdir(), "genkan-test-"));
// These fetch packages: they need the machine's own network.
const fetching = ["package", "kernel"];
const network = projects.some((name) => fetching.includes(name)) ? [] : ownNetwork();

const together = [projects, []];
const apart = [
  // The checks have run the house's own tests already.
  [projects.filter((name) => name !== "journey"), args.length > 0 ? [] : ["--exclude", "test/house/**"]],
  [["journey"], ["--shard=1/2"]],
  [["journey"], ["--shard=2/2"]],
];
const isApart = network.length > 0 && projects.includes("journey") && projects.length > 1;
const lanes = isApart ? apart : [together];

/** Runs one lane to its end. */
async function runLane([names, more], at) {
  const report = join(folder, `${at}.json`);
  const command = [
    ...network,
    process.execPath,
    vitest,
    "run",
    ...names.flatMap((name) => ["--project", name]),
    // The codecs' coverage is a gate; it needs all unit tests, so a run of other projects alone has none.
    ...(names.includes("unit") ? ["--coverage.enabled"] : []),
    // A test of minutes is named as soon as it ends: what hangs is then the one after it.
    names.includes("long") ? "--reporter=verbose" : "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...more,
  ];
  // What the first says is seen at once, the others' words when they have ended.
  return { report, isFirst: at === 0, ...(await run(command, at === 0)) };
}

/** Runs a program to its end and keeps its words; `isHeard`: they are passed on at once, too. */
async function run([program, ...more], isHeard) {
  const env = process.stdout.isTTY ? { FORCE_COLOR: "1", ...process.env } : process.env;
  const child = spawn(program, more, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  for (const [stream, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    stream.on("data", (octets) => {
      said.push(octets);
      if (isHeard) to.write(octets);
    });
  }
  const isPassed = await new Promise((resolve) => child.once("close", (code) => resolve(code === 0)));
  return { isPassed, said: Buffer.concat(said).toString() };
}

/** What of a run did not pass, in the runner's words; its last lines where no test of it failed. */
function failuresOf({ isPassed, said }, told) {
  if (isPassed) return [];
  const failed = (told?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const tests = assertionResults.filter((test) => test.status === "failed");
    if (tests.length === 0) return status === "failed" ? [`${file}\n${message}`] : [];
    return tests.map(({ fullName, failureMessages }) => `${file}: ${fullName}\n${failureMessages.join("\n")}`);
  });
  return failed.length > 0 ? failed : [said.trimEnd().split("\n").slice(-30).join("\n")];
}

const counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
const ends = await Promise.all(lanes.map(runLane));
for (const { said, isFirst } of ends) if (!isFirst) process.stdout.write(said);
const failures = isChecked ? [] : ["npm run check: its words stand at the beginning"];
for (const end of ends) {
  let told;
  try {
    told = JSON.parse(readFileSync(end.report, "utf8"));
    for (const name of Object.keys(counts)) counts[name] += told[name];
  } catch {
    failures.push("A test runner left no report.");
  }
  failures.push(...failuresOf(end, told));
}
// A log may be read from its end: what failed is said again there.
for (const failure of failures) console.error(`\nnot passed: ${failure.slice(0, 2_000)}`);
const { numPassedTests, numFailedTests, numPendingTests } = counts;
// A run of some projects is not the whole, and says so.
const which = args.length > 0 ? `${args.join(" ")}: ` : "";
console.log(`\n${which}${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
rmSync(folder, { recursive: true });
process.exit(failures.length === 0 && numPassedTests > 0 ? 0 : 1);
