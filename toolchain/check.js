/** `npm run check`: format, lint, types, unused code; every step runs, so that one run tells all. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./node24.js";

const steps = [
  ["biome", "check", "--error-on-warnings"],
  ["tsc", "-p", "."],
  ["tsc", "-p", "gateway-core/contract"],
  ["tsc", "-p", "ui"],
  ["knip"],
  ["vitest", "run", "--project", "unit", "test/house"],
];
let isClean = true;
for (const step of steps) {
  const command = [join(root, "toolchain", "run.js"), ...step];
  if (spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" }).status === 0) continue;
  console.error(`check failed: ${step.join(" ")}`);
  isClean = false;
}
process.exit(isClean ? 0 : 1);
