/** What part of the processor time that this process and its children take is its own. */

import { cpuMsOf } from "./gateway-process.ts";

const spentBy = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0);

/** From now until the function that is returned is called. */
export function ownShare(children: () => readonly number[]): () => number {
  const [theirs, own] = [spentBy(children()), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(own);
    const ownMs = (user + system) / 1_000;
    return ownMs / (ownMs + spentBy(children()) - theirs);
  };
}
