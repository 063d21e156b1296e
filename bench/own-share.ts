/** What of the processor time that this process and its children take is its own. */

import { cpuMsOf } from "./gateway-process.ts";

export interface Share {
  /** Milliseconds of processor time, of this process. */
  readonly ownMs: number;
  readonly childrenMs: number;
  /** 0 to 1. */
  readonly part: number;
}

const spentBy = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0);

/** From now until the function that is returned is called. */
export function ownShare(children: () => readonly number[]): () => Share {
  const [theirs, own] = [spentBy(children()), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(own);
    const [ownMs, childrenMs] = [(user + system) / 1_000, spentBy(children()) - theirs];
    return { ownMs, childrenMs, part: ownMs / (ownMs + childrenMs) };
  };
}
