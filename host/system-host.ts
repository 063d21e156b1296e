/** What the machine gives: its clock, randomness, a log on stderr and small files as memory. The only file that asks for them. */

import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Host, Ids, Log, Memory } from "../gateway-core/contract/clock.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Json } from "../gateway-core/contract/json.ts";

/** Timers and the time of day are two clocks of the machine: a timer may run a moment before its time has come. A clock that was set back is another matter. */
const mostEarlyMs = 2;

export const systemClock: Clock = clockBy(() => Date.now());

/** Begins with the time of day, and is set by nobody. */
const steadyClock: Clock = clockBy(() => performance.timeOrigin + performance.now());

function clockBy(now: () => number): Clock {
  return {
    now,
    after(delayMs, action) {
      const due = now() + delayMs;
      let timer = setTimeout(function act() {
        const early = due - now();
        if (early <= 0 || early > mostEarlyMs) return action();
        timer = setTimeout(act, early);
        timer.unref();
      }, delayMs);
      timer.unref();
      return { cancel: () => clearTimeout(timer) };
    },
  };
}

export const systemIds: Ids = {
  fresh: () => randomBytes(18).toString("base64url"),
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};

/** One line of JSON per entry on stderr; `debug` only when asked for. */
export function stderrLog(isVerbose = false): Log {
  return {
    write(level, event, facts = {}) {
      if (level === "debug" && !isVerbose) return;
      process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level, event, ...facts })}\n`);
    },
  };
}

/** Memory in `folder`, one JSON file a name, readable by the owner alone. Throws HomeError `store-unavailable`, with the file's name. */
export function fileMemory(folder: string): Memory {
  return {
    read(name) {
      try {
        return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Json;
      } catch (cause) {
        if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
        throw unavailable("read", name, cause);
      }
    },
    write(name, value) {
      const path = join(folder, `${name}.json`);
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeDurably(temporary, `${JSON.stringify(value)}\n`);
        renameSync(temporary, path);
      } catch (cause) {
        removeIfThere(temporary);
        throw unavailable("write", name, cause);
      }
    },
  };

  function unavailable(verb: "read" | "write", name: string, cause: unknown): HomeError {
    const isOfSystem = cause instanceof Error && "code" in cause;
    const reason = isOfSystem ? String(cause.code) : "no JSON";
    return new HomeError("store-unavailable", `cannot ${verb} ${name}.json in ${folder}: ${reason}`, { reason }, cause);
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** What is left of a write that failed; on a disk that is read-only nothing is. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The failure that is told is the first one.
  }
}

export function systemHost(memoryFolder: string, isVerbose = false): Host {
  return {
    clock: systemClock,
    steadyClock,
    ids: systemIds,
    log: stderrLog(isVerbose),
    memory: fileMemory(memoryFolder),
  };
}
