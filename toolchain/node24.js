/** Finds the project's own Node 24 (toolchain/node_modules), or the running one where no binary package exists. */

import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const packaged = join(
  root,
  "toolchain",
  "node_modules",
  `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`,
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);

/** Whether the registry carries a Node 24 binary for this machine. */
export const hasPackagedNode = ["linux-x64", "linux-arm64", "win32-x64"].includes(
  `${process.platform}-${process.arch}`,
);

/** Path of a Node 24, or undefined when there is none (yet). */
export function findNode24() {
  if (existsSync(packaged)) return packaged;
  return Number.parseInt(process.versions.node, 10) >= 24 ? process.execPath : undefined;
}

/** The environment in which `node` and the project's tools are the project's own. */
export function environment24(node) {
  const path = [dirname(node), join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
  return { ...process.env, PATH: path };
}
