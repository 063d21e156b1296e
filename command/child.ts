/** Starts one process of the home as a child: its log goes to a file, its ready line comes back. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { type ErrorBody, HomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject, type JsonObject } from "../gateway-core/contract/json.ts";
import type { Arguments } from "./arguments.ts";
import { say } from "./say.ts";

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** What it told when it was ready. */
  readonly facts: JsonObject;
  /** What a person types to start it again, just as it was started. */
  readonly command: string;
  readonly process: ChildProcess;
}

const largestLog = 5_000_000;

/**
 * Node lets the space for young objects grow to 128 MB on a 64-bit machine, and keeps it. What a burst of news leaves
 * behind is collected as well in 4 MB halves: a gateway of 200 devices then holds 160 MB instead of 270. An access broker
 * has many requests under way at once, which would be taken for old in so small a space (bench/README.md).
 */
export const nodeFlagsOf = (name: string): readonly string[] => [
  `--max-semi-space-size=${name === "access-broker" ? 16 : 4}`,
];

/** @throws HomeError with the code of what it ended of before it was ready, or `internal`; the log's name is told. */
export async function startChild(name: string, args: Arguments, extra: readonly string[] = []): Promise<Child> {
  const log = logFile(args.folder, name);
  const sets = args.overrides.flatMap((override) => ["--set", override]);
  const options = [name, "--state", args.folder, ...extra, ...sets];
  const program = process.argv[1] ?? "";
  const file = openSync(log, "a", 0o600);
  const command = [...process.execArgv, ...nodeFlagsOf(name), program, ...options, "--json"];
  const child = spawn(process.execPath, command, { stdio: ["ignore", file, file, "ipc"] });
  closeSync(file);
  const facts = await new Promise<JsonObject>((resolve, reject) => {
    child.once("message", (message) => isJsonObject(message) && resolve(message));
    child.once("error", reject);
    child.once("exit", () => reject(failure(name, log, args)));
  });
  child.removeAllListeners("exit");
  const typed = basename(program) === "genkan" ? ["genkan"] : ["node", relative(process.cwd(), program)];
  return { name, pid: child.pid ?? 0, facts, command: [...typed, ...options].map(quoted).join(" "), process: child };
}

/** A word as a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Why the process ended before it was ready: its last word, which `--json` made an error body. */
function failure(name: string, log: string, { language }: Arguments): HomeError {
  const last = readFileSync(log, "utf8").trimEnd().split("\n").at(-1) ?? "";
  const told = /^\{"error":/.test(last) ? (JSON.parse(last) as { error: ErrorBody }).error : undefined;
  const reason = told?.message ?? last;
  return new HomeError(told?.code ?? "internal", say(language, "child-failed", { name, reason, log }));
}

/** The log of the process; one earlier log is kept when it has grown large. */
function logFile(folder: string, name: string): string {
  const logs = join(folder, "logs");
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const path = join(logs, `${name}.log`);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(path, `${path}.1`);
  return path;
}
