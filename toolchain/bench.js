/** `npm run bench [NAME …]`: runs the benches named, or all but those on demand, one after the other, each in a network of its own where that can be. */

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./node24.js";
import { ownNetwork } from "./own-network.js";

const names = readdirSync(join(root, "bench"))
  .filter((file) => /^(?:page|(?:echonet|cold|access-broker|ieee1394|media)-.*)\.ts$/.test(file))
  .map((file) => file.slice(0, -".ts".length));
/** They fetch from npm what they measure ours against, and so run in the machine's own network. */
const onDemand = ["page-peers"];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : names;
const known = [...names, ...onDemand];
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No bench ${unknown.join(", ")}; there are ${known.join(", ")}.`);
  process.exit(2);
}
const network = ownNetwork();
let isRun = true;
for (const name of wanted) {
  // What only a collection of garbage can show is asked for by a bench itself.
  const command = [
    ...(onDemand.includes(name) ? [] : network),
    process.execPath,
    "--expose-gc",
    join(root, "bench", `${name}.ts`),
  ];
  isRun = spawnSync(command[0], command.slice(1), { cwd: root, stdio: "inherit" }).status === 0 && isRun;
}
process.exit(isRun ? 0 : 1);
