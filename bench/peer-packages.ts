/** The pages of others that are measured beside ours, fetched from npm into a cache folder when a bench asks: no part of the product, not even of its development. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** Exactly these, so that a figure can be made again. */
const versions = { "@flowfuse/node-red-dashboard": "1.31.0", "zigbee2mqtt-windfront": "2.15.0" } as const;

export type Peer = keyof typeof versions;

export const versionOf = (peer: Peer): string => versions[peer];

/** The folder whose node_modules has them; `$GENKAN_PEERS` if that is given. Their install scripts are not run. */
export function fetchPeers(): string {
  const folder = process.env["GENKAN_PEERS"] ?? join(tmpdir(), `genkan-peers-${Object.values(versions).join("-")}`);
  if (existsSync(join(folder, "complete"))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: versions }));
  // npm chooses versions by the Node that runs it.
  const path = [dirname(process.execPath), process.env["PATH"]].join(delimiter);
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["install", ...quiet], { cwd: folder, env: { ...process.env, PATH: path }, stdio: "inherit" });
  writeFileSync(join(folder, "complete"), "");
  return folder;
}
