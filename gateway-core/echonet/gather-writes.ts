/** Memory whose writes are gathered: what a home teaches in a burst is written to the disk once. */

import type { Host, Memory, Timer } from "../contract/clock.ts";
import { forgivingMemory } from "../contract/forgiving-memory.ts";

export interface GatheredMemory extends Memory {
  /** Writes what waits. */
  flush(): void;
}

const delayMs = 1_000;

/** What cannot be read or written is said and learned anew (forgiving-memory.ts). */
export function gatherWrites(host: Pick<Host, "memory" | "clock" | "log">): GatheredMemory {
  const memory = forgivingMemory(host);
  const waiting = new Map<string, Parameters<Memory["write"]>[1]>();
  let timer: Timer | undefined;

  function flush(): void {
    timer?.cancel();
    timer = undefined;
    for (const [name, value] of waiting) memory.write(name, value);
    waiting.clear();
  }

  return {
    read: (name) => waiting.get(name) ?? memory.read(name),
    write(name, value) {
      waiting.set(name, value);
      timer ??= host.clock.after(delayMs, flush);
    },
    flush,
  };
}
