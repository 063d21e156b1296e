/** Runs a script of this folder in a network namespace of its own, where homes cannot mix. */

import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

/** Whether this machine lets us have network namespaces (root, and util-linux with iproute2). */
export const hasNamespaces: boolean = spawnSync("unshare", ["-n", "ip", "link", "set", "lo", "up"]).status === 0;

/** What the script printed, read as JSON. With `isOwn` false it runs in the machine's own network. */
export function runScript(name: string, args: readonly string[], isOwn: boolean): unknown {
  const script = [process.execPath, join(import.meta.dirname, name), ...args];
  const [program, ...rest] = isOwn
    ? ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...script]
    : script;
  return JSON.parse(
    execFileSync(program ?? "", rest, { encoding: "utf8", timeout: 60_000, stdio: ["ignore", "pipe", "pipe"] }),
  );
}
