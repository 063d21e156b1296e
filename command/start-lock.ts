/** One process of a kind at a time on one state folder: a second `genkan start` would void the first one's password, a second broker would take its ports. */

import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { type Language, say } from "./say.ts";

/** @throws HomeError `already-running` */
export function lockState(folder: string, language: Language, name = "start.pid"): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const holder = holderOf(path);
  if (holder !== undefined)
    throw new HomeError("already-running", say(language, "already-running", { folder, pid: holder }));
  rmSync(path, { force: true });
  try {
    const file = openSync(path, "wx", 0o600);
    writeSync(file, `${process.pid}\n`);
    closeSync(file);
  } catch (cause) {
    throw new HomeError(
      "already-running",
      say(language, "already-running", { folder, pid: holderOf(path) ?? "?" }),
      {},
      cause,
    );
  }
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/** The process that holds the lock; undefined when there is none, or it was killed and left its lock behind. */
function holderOf(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, "utf8"), 10);
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}
