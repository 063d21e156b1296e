/** `bare-cycles.ts FFMPEG BEFORE COUNT`: begins FFmpeg, gives it a stream until it writes, and kills it, again and again; prints how many octets of resident memory the last COUNT times have added. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import ladder from "../gateway-core/media/ladder.json" with { type: "json" };
import { liveArguments } from "../gateway-core/media/transcode-plan.ts";
import { madeStream } from "../test/media/clips.ts";

const [program = "", before = "", count = ""] = process.argv.slice(2);
const octets = madeStream("mpegts", 4);
const args = liveArguments({ form: "mpegts", rungs: ladder, encoder: "libx264" });

async function cycle(): Promise<void> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore", "pipe"] });
  child.stdin?.on("error", () => undefined);
  child.stdin?.write(octets);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  child.kill("SIGKILL");
  await once(child, "close");
}
async function resident(times: number): Promise<number> {
  for (let time = 0; time < times; time++) await cycle();
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

const first = await resident(Number(before));
process.stdout.write(String((await resident(Number(count))) - first));
process.exit(0);
