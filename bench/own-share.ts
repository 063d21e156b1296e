/** What part of the processor time that this process and its children take is its own. */

import { readFileSync } from "node:fs";

/** Milliseconds, of these processes. */
const spentBy = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ")
      .slice(11, 13);
    return sum + 10 * (Number(user) + Number(system));
  }, 0);

/** From now until the function that is returned is called. */
export function ownShare(children: () => readonly number[]): () => number {
  const [theirs, own] = [spentBy(children()), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(own);
    const ownMs = (user + system) / 1_000;
    return ownMs / (ownMs + spentBy(children()) - theirs);
  };
}
