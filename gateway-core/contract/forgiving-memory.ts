/** Memory of what can be learned anew: a disk that fails takes down nothing of the house but what it knew. */

import type { Host, Memory } from "./clock.ts";

/**
 * Never throws. What cannot be read was never known, and is not written over: it may be read at another start. What cannot
 * be written is known until this process ends. Each is said once, and again after it went well.
 */
export function forgivingMemory({ memory, log }: Pick<Host, "memory" | "log">): Memory {
  const unread = new Set<string>();
  const unwritten = new Set<string>();
  const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : "");
  return {
    read(name) {
      try {
        const value = memory.read(name);
        unread.delete(name);
        return value;
      } catch (thrown) {
        if (!unread.has(name)) log.write("error", "memory-not-read", { name, reason: reasonOf(thrown) });
        unread.add(name);
        return undefined;
      }
    },
    write(name, value) {
      if (unread.has(name)) return;
      try {
        memory.write(name, value);
        unwritten.delete(name);
      } catch (thrown) {
        if (!unwritten.has(name)) log.write("error", "memory-not-written", { name, reason: reasonOf(thrown) });
        unwritten.add(name);
      }
    },
  };
}
