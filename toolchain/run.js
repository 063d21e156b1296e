/** `node toolchain/run.js FILE|TOOL [ARG …]`: runs a file, or a tool of node_modules, under the project's Node 24. */

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { environment24, findNode24, root } from "./node24.js";

/** The script of a tool: `bin` of its package, or the file itself. */
function scriptOf(name) {
  const own = join(root, name);
  if (existsSync(own)) return own;
  const folder = join(root, "node_modules", name === "tsc" ? "typescript" : name === "biome" ? "@biomejs/biome" : name);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bin === "string" ? bin : bin[name]);
}

const node = findNode24();
if (node === undefined) {
  console.error("Node 24 is missing: run `node toolchain/bootstrap.js` first.");
  process.exit(1);
}
const [name = "", ...args] = process.argv.slice(2);
const child = spawn(node, [scriptOf(name), ...args], { stdio: "inherit", env: environment24(node) });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
