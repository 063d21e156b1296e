/** What the machine gives to an adapter of another package: its own memory, a log that it cannot drown, timers that cannot end the gateway. */

import type { Host, Log } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { isJsonObject } from "../contract/json.ts";
import { copyJson } from "./copy-json.ts";
import type { Faults } from "./faults.ts";

const mostLinesInMinute = 60;
const memoryForm = /^[a-z0-9-]{1,64}$/;
const largestMemory = 1024 * 1024;

export function pluginHost(host: Host, protocol: string, faults: Faults): Host {
  const { clock, ids, memory } = host;
  const nameOf = (name: unknown): string => {
    if (typeof name === "string" && memoryForm.test(name)) return `adapter-${protocol}-${name}`;
    throw new HomeError("value-invalid", "a name in memory is of a-z, 0-9 and hyphens");
  };
  return {
    ids,
    clock: {
      now: () => clock.now(),
      after: (delayMs, action) =>
        clock.after(delayMs, () => {
          try {
            action();
          } catch (thrown) {
            faults.errorOf(thrown, "timer");
          }
        }),
    },
    memory: {
      read: (name) => memory.read(nameOf(name)),
      write(name, value) {
        const copy = copyJson(value, largestMemory);
        if (copy === undefined) throw new HomeError("value-invalid", "only JSON is kept in memory, of 1 MB at most");
        memory.write(nameOf(name), copy);
      },
    },
    log: quotedLog(host, protocol),
  };
}

/** Its lines are one event of ours each, so that none is taken for the gateway's own. */
function quotedLog({ clock, log }: Host, protocol: string): Log {
  let [minute, lines] = [clock.now(), 0];
  return {
    write(level, event, facts) {
      const passedMs = clock.now() - minute;
      if (passedMs >= 60_000 || passedMs < 0) [minute, lines] = [clock.now(), 0];
      lines++;
      if (lines > mostLinesInMinute) return;
      const copy = copyJson(facts ?? {});
      const isKnown = level === "debug" || level === "info" || level === "warn" || level === "error";
      log.write(isKnown ? level : "info", "adapter-said", {
        ...{ protocol, what: String(event).slice(0, 100) },
        ...(isJsonObject(copy) ? { facts: copy } : {}),
        ...(lines === mostLinesInMinute ? { isLastInMinute: true } : {}),
      });
    },
  };
}
