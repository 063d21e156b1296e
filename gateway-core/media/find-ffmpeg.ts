/**
 * Finds an FFmpeg that really works: the one that the settings name, the optional package's, the machine's own. Being there
 * is not enough, nor is what it lists of itself: each candidate proves its version and encodes a picture.
 */

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Host } from "../contract/clock.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { ffmpegStarter, type StartFfmpeg } from "./ffmpeg-process.ts";
import encoders from "./video-encoders.json" with { type: "json" };

export type Origin = "setting" | "package" | "path";

export interface Engine {
  readonly origin: Origin;
  readonly program: string;
  readonly version: string;
  /** Of those that were asked for, the ones that encoded a picture, best first. */
  readonly encoders: readonly string[];
}

export interface RefusedEngine {
  readonly origin: Origin;
  readonly program: string | null;
  readonly reason: "absent" | "not-executable" | "no-version" | "no-encoder";
  /** What it said. */
  readonly detail: string;
}

export interface Search {
  /** Undefined when none works; `refused` says why of each. */
  readonly engine: Engine | undefined;
  readonly refused: readonly RefusedEngine[];
}

export interface SearchOptions {
  readonly host: Pick<Host, "clock" | "memory">;
  /** The program that the settings name. */
  readonly setting?: string | undefined;
  /** What the optional package says of itself: a path, existing or not; null on a machine that it does not know. */
  readonly packaged?: (() => Promise<unknown>) | undefined;
  /** As in the environment. */
  readonly path?: string | undefined;
}

const versionForm = /^ffmpeg version (\S+)/;

/** The first candidate that works is taken; candidates after it are not tried. */
export async function findFfmpeg({ host, setting, packaged, path }: SearchOptions): Promise<Search> {
  const refused: RefusedEngine[] = [];
  for (const { origin, program } of await candidates(setting, packaged, path)) {
    const found = await judge(origin, program, host);
    if ("version" in found) return { engine: found, refused };
    refused.push(found);
  }
  return { engine: undefined, refused };
}

interface Candidate {
  readonly origin: Origin;
  readonly program: string | null;
}

async function candidates(
  setting: string | undefined,
  packaged: SearchOptions["packaged"],
  path: string | undefined,
): Promise<readonly Candidate[]> {
  const own = await packaged?.().catch(() => null);
  const inPath = (path ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, "ffmpeg"))
    .find(isThere);
  return [
    ...(setting === undefined ? [] : [{ origin: "setting", program: setting } as const]),
    { origin: "package", program: typeof own === "string" ? own : null },
    { origin: "path", program: inPath ?? null },
  ];
}

async function judge(
  origin: Origin,
  program: string | null,
  { clock, memory }: SearchOptions["host"],
): Promise<Engine | RefusedEngine> {
  const refuse = (reason: RefusedEngine["reason"], detail = ""): RefusedEngine => ({ origin, program, reason, detail });
  if (program === null || !isThere(program)) return refuse("absent");
  if (!isExecutable(program)) return refuse("not-executable");
  // What was proven of this very file need not be proven at each start.
  const { mtimeMs, size } = statSync(program);
  const mark = `${program} ${mtimeMs} ${size}`;
  const known = proofIn(memory.read("ffmpeg"), mark);
  if (known !== undefined) return { origin, program, ...known };
  const start = ffmpegStarter(program, clock);
  const told = await run(start, ["-hide_banner", "-version"], clock);
  const version = versionForm.exec(told.output)?.[1];
  if (version === undefined) return refuse("no-version", told.detail);
  const working: string[] = [];
  let detail = "";
  for (const { name, before } of encoders) {
    const tried = await run(start, [...quiet, ...before, ...picture, "-c:v", name, "-f", "null", "-"], clock);
    if (tried.code === 0) working.push(name);
    else detail = tried.detail;
  }
  if (working.length === 0) return refuse("no-encoder", detail);
  const proof = { version, encoders: working };
  memory.write("ffmpeg", { mark, ...proof });
  return { origin, program, ...proof };
}

const quiet = ["-hide_banner", "-loglevel", "error", "-nostdin"];
const picture = ["-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=0.4", "-pix_fmt", "yuv420p"];
const longestRunMs = 10_000;
/** What any FFmpeg says of its version is far shorter. */
const longestOutput = 65_536;

async function run(
  start: StartFfmpeg,
  args: readonly string[],
  clock: Host["clock"],
): Promise<{ code: number | null; output: string; detail: string }> {
  const child = start(args, 1);
  const late = clock.after(longestRunMs, () => child.kill());
  let output = "";
  child.outputs[0]?.on("data", (octets) => {
    output += octets;
    if (output.length > longestOutput) child.kill();
  });
  child.stdin.end();
  const { code, said } = await child.ended;
  late.cancel();
  return { code, output, detail: said.at(-1) ?? "" };
}

function proofIn(kept: unknown, mark: string): Pick<Engine, "version" | "encoders"> | undefined {
  const { mark: keptMark, version, encoders: names }: JsonObject = isJsonObject(kept) ? kept : {};
  if (keptMark !== mark || typeof version !== "string" || !Array.isArray(names)) return undefined;
  return { version, encoders: names.filter((name) => typeof name === "string") };
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
