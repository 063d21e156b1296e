/**
 * `npm test`: the checks, then every test, closing with one line that counts them. Journeys wait more than they compute,
 * so they run beside the unit tests, in two lanes, each in a network of its own: no home is heard or disturbed by another,
 * nor by one that runs here already. Where the machine allows no such network, all runs one after the other.
 */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./node24.js";
import { ownNetwork } from "./own-network.js";

const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

const args = process.argv.slice(2);
const projects = args.length > 0 ? args : ["unit", "browser", "journey"];
const check = [join(root, "toolchain", "check.js")];
const isChecked = args.length > 0 || spawnSync(process.execPath, check, { cwd: root, stdio: "inherit" }).status === 0;
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

/** Runs one lane to its end; what the first says is seen at once, the others' words when they have ended. */
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
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...more,
  ];
  const isFirst = at === 0;
  const lane = spawn(command[0], command.slice(1), {
    cwd: root,
    stdio: ["ignore", isFirst ? "inherit" : "pipe", isFirst ? "inherit" : "pipe"],
  });
  const said = [];
  for (const stream of [lane.stdout, lane.stderr]) stream?.on("data", (octets) => said.push(octets));
  const isPassed = await new Promise((resolve) => lane.once("close", (code) => resolve(code === 0)));
  return { isPassed, report, said: Buffer.concat(said) };
}

const counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
let isPassed = true;
const ends = await Promise.all(lanes.map(runLane));
for (const { said } of ends) process.stdout.write(said);
for (const { isPassed: isLanePassed, report } of ends) {
  isPassed &&= isLanePassed;
  try {
    const told = JSON.parse(readFileSync(report, "utf8"));
    for (const name of Object.keys(counts)) counts[name] += told[name];
  } catch {
    isPassed = false;
    console.error("A test runner left no report.");
  }
}
const { numPassedTests, numFailedTests, numPendingTests } = counts;
// A run of some projects is not the whole, and says so.
const which = args.length > 0 ? `${args.join(" ")}: ` : "";
console.log(`\n${which}${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
rmSync(folder, { recursive: true });
process.exit(isChecked && isPassed && numPassedTests > 0 ? 0 : 1);
