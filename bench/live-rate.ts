/** How much media bare FFmpeg makes of a live source in a second, several at once: what a home's own encodes are held against. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import ladder from "../gateway-core/media/ladder.json" with { type: "json" };
import { liveArguments } from "../gateway-core/media/transcode-plan.ts";
import { paced } from "../test/media/clips.ts";
import type { Clip } from "./steady-desk.ts";

/** Whether bare FFmpeg that is told to hurry (64 kB and 0.1 s of probing) finds the sound of a source that it joins just there. */
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

/** Media for a second of each of so many FFmpegs, read at the pace of the file: from when all run, over `ms`. */
export async function bareRates(program: string, file: string, count: number, ms: number): Promise<readonly number[]> {
  const args = liveArguments({ form: "mpegts", rungs: ladder, encoder: "libx264" });
  const at = args.indexOf("-f");
  const live = [...args.slice(0, at), "-re", "-stream_loop", "-1", ...args.slice(at)];
  const told = live.map((one) => (one === "pipe:0" ? `file:${file}` : one === "pipe" ? "pipe,file" : one));
  const encoders = Array.from({ length: count }, () => {
    const child = spawn(program, ["-progress", "pipe:2", "-stats_period", "0.2", ...told], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    let us = 0;
    child.stderr?.on("data", (text: Buffer) => {
      us = Number(/out_time_us=(\d+)(?![\s\S]*out_time_us=\d)/.exec(text.toString())?.[1] ?? us);
    });
    for (const output of [child.stdout, child.stdio[3]]) if (output && "resume" in output) output.resume();
    return { child, made: () => us };
  });
  while (encoders.some(({ made }) => made() === 0)) await pause(20);
  await pause(1_000);
  const before = encoders.map(({ made }) => made());
  const begun = performance.now();
  await pause(ms);
  const wallUs = (performance.now() - begun) * 1_000;
  const rates = encoders.map(({ made }, index) => (made() - (before[index] ?? 0)) / wallUs);
  for (const { child } of encoders) child.kill("SIGKILL");
  return rates;
}
