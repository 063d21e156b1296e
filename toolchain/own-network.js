/** A network of one's own where the machine allows it, so that a home that already runs here is neither heard nor disturbed. */

import { spawnSync } from "node:child_process";

/** Prefix that runs a command in a fresh network namespace with loopback up, or nothing where that cannot be. */
export function ownNetwork() {
  // Beside loopback a second address (198.51.100.0/24 is reserved for documentation), so that there is an outside.
  const setUp = ["ip link set lo up", "ip route add 224.0.0.0/4 dev lo", "ip addr add 198.51.100.1/32 dev lo"];
  const wrap = ["unshare", "--net", "sh", "-c", `${setUp.join(" && ")} && exec "$@"`, "sh"];
  const isPossible = spawnSync(wrap[0], [...wrap.slice(1), "true"]).status === 0;
  if (!isPossible) console.error("No network namespace of our own here: this machine's loopback is shared.");
  return isPossible ? wrap : [];
}
