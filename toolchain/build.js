/** Builds `dist/` (the page, the Node-RED nodes, the `genkan` command) and `examples/` (copies of `flows/`). */

import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { root } from "./node24.js";

rmSync(join(root, "dist"), { recursive: true, force: true });
for (const mode of ["ui", "node"]) {
  await build({ root, mode, configFile: join(root, "vite.config.ts"), logLevel: "warn" });
}
rmSync(join(root, "examples"), { recursive: true, force: true });
cpSync(join(root, "flows"), join(root, "examples"), { recursive: true });
