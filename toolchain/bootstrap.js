/**
 * `node toolchain/bootstrap.js [start|test|kernel]`: brings what a fresh clone lacks, and nothing twice.
 * Plain JavaScript without dependencies, so that it runs on whatever Node (20 or later) the machine has.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment24, findNode24, hasPackagedNode, root } from "./node24.js";
import { seeToKernelTools, seeToTestTools } from "./test-tools.js";

function fail(message) {
  console.error(message);
  process.exit(1);
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (status !== 0) fail(`failed: ${command} ${args.join(" ")}${error ? ` (${error.message})` : ""}`);
}

const digest = (texts) => {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex");
};

const isFresh = (stamp, wanted) => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;

/** Runs `npm ci` in `folder` unless what its lock file names is installed already. */
function install(folder, node, environment) {
  const stamp = join(folder, "node_modules", ".genkan-lock");
  const wanted = digest([readFileSync(join(folder, "package-lock.json"), "utf8"), process.platform, process.arch]);
  if (isFresh(stamp, wanted)) return;
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const options = { cwd: folder, env: environment };
  if (npm?.endsWith(".js")) run(node, [npm, ...args], options);
  else run("npm", args, { ...options, shell: process.platform === "win32" });
  writeFileSync(stamp, wanted);
}

/** Every file below the places that a build reads, with its content. */
function* buildInputs() {
  const places = readdirSync(root).filter(
    (name) => !/^(\.git|node_modules|dist|examples|test|docs|coverage)$/.test(name),
  );
  const queue = places.filter((name) => !/\.(md|tgz)$/.test(name) && !name.startsWith(".")).sort();
  for (const path of queue) {
    const full = join(root, path);
    if (!statSync(full).isDirectory()) yield* [path, readFileSync(full)];
    else {
      const inner = readdirSync(full).filter((name) => name !== "node_modules");
      queue.push(...inner.map((name) => `${path}/${name}`).sort());
    }
  }
}

/** Builds `dist/` unless it was built from just these sources. */
function build(node, environment) {
  const stamp = join(root, "dist", ".genkan-built");
  const wanted = digest(buildInputs());
  if (isFresh(stamp, wanted)) return;
  run(node, [join(root, "toolchain", "build.js")], { env: environment });
  writeFileSync(stamp, wanted);
}

if (Number.parseInt(process.versions.node, 10) < 20) fail(`Node 20 or later is needed; this is ${process.version}.`);
if (hasPackagedNode) install(join(root, "toolchain"), process.execPath, process.env);
const node = findNode24();
if (node === undefined) fail(`Node 24 is needed on ${process.platform}-${process.arch}; this is ${process.version}.`);
const environment = environment24(node);
install(root, node, environment);
build(node, environment);
if (process.argv[2] === "test") seeToTestTools(fail);
if (process.argv[2] === "kernel") seeToKernelTools();
