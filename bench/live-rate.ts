/** What bare FFmpegs make of live sources, several at once, and what they find of one: what a home's own encodes and joins are held against. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import ladder from "../gateway-core/media/ladder.json" with { type: "json" };
import { liveArguments } from "../gateway-core/media/transcode-plan.ts";
import { encoders, paced } from "../test/media/clips.ts";
import { ownShare } from "./own-share.ts";
import type { Clip } from "./steady-desk.ts";

/** Whether one that is told to hurry (64 kB and 0.1 s of probing) finds the sound of a source that it joins just there. */
export async function bareHears(program: string, { octets, seconds }: Clip): Promise<boolean> {
  const hurried = [
    "-protocol_whitelist",
    "pipe",
    "-probesize",
    "64k",
    "-analyzeduration",
    "100k",
    "-fpsprobesize",
    "0",
  ];
  const args = ["-hide_banner", "-nostdin", ...hurried, "-f", "mpegts", "-i", "pipe:0", "-t", "0.2", "-f", "null", "-"];
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  child.stdin.on("error", () => undefined);
  const ended = once(child, "close");
  const source = paced("mpegts", octets, seconds, false);
  void ended.then(() => source[Symbol.asyncDispose]());
  for await (const piece of source.octets) child.stdin.write(piece);
  child.stdin.end();
  await ended;
  return /Output #0[\s\S]*Audio:/.test(said);
}

/** One that is given its source by this process, which throws away what it makes. */
function bareEncoder(program: string, { octets, seconds }: Clip) {
  const args = liveArguments({ form: "mpegts", rungs: ladder, encoder: "libx264" });
  const stdio = ["pipe", "pipe", "pipe", "pipe"] as const;
  const child = spawn(program, ["-progress", "pipe:2", "-stats_period", "0.2", ...args], { stdio: [...stdio] });
  let us = 0;
  child.stderr?.on("data", (text: Buffer) => {
    us = Number(/out_time_us=(\d+)(?![\s\S]*out_time_us=\d)/.exec(text.toString())?.[1] ?? us);
  });
  for (const output of [child.stdout, child.stdio[3]]) if (output && "resume" in output) output.resume();
  const source = paced("mpegts", octets, seconds);
  child.stdin?.on("error", () => undefined);
  void (async () => {
    for await (const piece of source.octets) child.stdin?.write(piece);
  })();
  const stop = async (): Promise<void> => {
    await source[Symbol.asyncDispose]();
    child.kill("SIGKILL");
    await once(child, "close");
  };
  return { made: () => us, stop };
}

/** A gateway runs for months: what is compiled as it is found to be used often has been by then. */
export const settlingMs = 15_000;

/** Milliseconds of processor time in `ms` for the paced sources alone, whose octets nobody takes. */
export async function sourcesAlone({ octets, seconds }: Clip, count: number, ms: number): Promise<number> {
  const sources = Array.from({ length: count }, () => paced("mpegts", octets, seconds));
  for (const source of sources) {
    void (async () => {
      for await (const _ of source.octets);
    })();
  }
  await pause(settlingMs);
  const share = ownShare(() => []);
  await pause(ms);
  const { ownMs } = share();
  for (const source of sources) await source[Symbol.asyncDispose]();
  return ownMs;
}

/** So many at once, from when all run, over `ms`: the least media for a second that one made, and this process's part of their processor time. */
export async function bareSideBySide(program: string, clip: Clip, count: number, ms: number) {
  const all = Array.from({ length: count }, () => bareEncoder(program, clip));
  while (all.some(({ made }) => made() === 0)) await pause(20);
  await pause(settlingMs);
  const before = all.map(({ made }) => made());
  const share = ownShare(encoders);
  const begun = performance.now();
  await pause(ms);
  const wallUs = (performance.now() - begun) * 1_000;
  const slowest = Math.min(...all.map(({ made }, at) => (made() - (before[at] ?? 0)) / wallUs));
  const own = share();
  for (const { stop } of all) await stop();
  return { slowest, own };
}
