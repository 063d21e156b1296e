/** Memory whose writes are gathered: what a home teaches in a burst is written to the disk once. */

import type { Host, Memory, Timer } from "../contract/clock.ts";

export interface GatheredMemory extends Memory {
  /** Writes what waits. Never throws: what could not be written is said and learned anew. */
  flush(): void;
}

const delayMs = 1_000;

export function gatherWrites({ memory, clock, log }: Pick<Host, "memory" | "clock" | "log">): GatheredMemory {
  const waiting = new Map<string, Parameters<Memory["write"]>[1]>();
  let timer: Timer | undefined;

  function flush(): void {
    timer?.cancel();
    timer = undefined;
    try {
      for (const [name, value] of waiting) memory.write(name, value);
    } catch (thrown) {
      log.write("error", "memory-not-written", { reason: thrown instanceof Error ? thrown.message : "" });
    }
    waiting.clear();
  }

  return {
    read: (name) => waiting.get(name) ?? memory.read(name),
    write(name, value) {
      waiting.set(name, value);
      timer ??= clock.after(delayMs, flush);
    },
    flush,
  };
}
