/** Real FFmpeg and streams made by it, paced as a device sends them. */

import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AvSource, SourceForm } from "../../gateway-core/contract/stream.ts";

export const ffmpeg: string | undefined = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "ffmpeg"))
  .find((file) => existsSync(file));

/** A clip of the engineering library; undefined, and said loudly, where it is absent. */
export function clip(name: string): Uint8Array | undefined {
  const path = fileURLToPath(new URL(`../../../shared/data/av/${name}`, import.meta.url));
  if (existsSync(path)) return readFileSync(path);
  console.warn(`SKIPPED: the clip ${name} is not here`);
  return undefined;
}

/** Some seconds of interlaced 480i with sound, as a deck sends them. */
export function madeStream(form: SourceForm, seconds: number): Uint8Array {
  const picture = "testsrc2=size=720x480:rate=60000/1001,tinterlace=interleave_top,fieldorder=tff,setsar=8/9";
  const sources = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
  const ts = [
    "-c:v",
    "mpeg2video",
    "-flags",
    "+ilme+ildct",
    "-b:v",
    "4M",
    "-g",
    "15",
    "-bf",
    "2",
    "-c:a",
    "mp2",
    "-f",
    "mpegts",
  ];
  const coded = form === "dv" ? ["-target", "ntsc-dv"] : ts;
  const args = ["-v", "error", ...sources, "-t", String(seconds), "-r", "30000/1001", ...coded, "-"];
  return execFileSync(ffmpeg ?? "ffmpeg", args, { maxBuffer: 1 << 28 });
}

/** Sends octets at a bit rate, in pieces, over and over until disposed of (or once, when `isEndless` is false). */
export function paced(form: SourceForm, octets: Uint8Array, seconds: number, isEndless = true): AvSource {
  let isOver = false;
  async function* read() {
    const step = 40;
    const piece = Math.ceil((octets.length / seconds / 1000) * step);
    let due = performance.now();
    do {
      for (let at = 0; at < octets.length; at += piece) {
        if (isOver) return;
        yield octets.subarray(at, at + piece);
        // A device's clock goes on; of what a process slept it makes up for a fraction of a second.
        due = Math.max(due + step, performance.now() - 5 * step);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      }
    } while (isEndless);
  }
  return {
    form,
    octets: read(),
    async [Symbol.asyncDispose]() {
      isOver = true;
    },
  };
}

/** The process ids of our own children that run FFmpeg. Read, not asked of another process: that would be work of ours where work is measured. */
export function encoders(): number[] {
  const threads = readdirSync("/proc/self/task").map((thread) => textOf(`/proc/self/task/${thread}/children`));
  const children = threads.join(" ").split(" ").filter(Boolean).map(Number);
  return children.filter((pid) => textOf(`/proc/${pid}/comm`).includes("ffmpeg"));
}

/** Of a process that may be gone meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** What FFmpeg says when it is given these octets. */
export async function saidOf(args: readonly string[], input: Uint8Array): Promise<string> {
  const child = spawn(ffmpeg ?? "ffmpeg", ["-hide_banner", ...args], { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  await new Promise((resolve) => child.once("close", resolve));
  return said;
}

/** How many pictures FFmpeg decodes of an MP4, and the kinds of its tracks. */
export async function decoded(mp4: Uint8Array): Promise<{ readonly frames: number; readonly said: string }> {
  const said = await saidOf(["-f", "mp4", "-i", "pipe:0", "-f", "null", "-"], mp4);
  return { frames: Number(/frame=\s*(\d+)(?![\s\S]*frame=)/.exec(said)?.[1] ?? 0), said };
}

/** A programme with a picture and as many sounds as tones, in hertz: each an elementary stream of its own. */
export function madeBroadcast(tones: readonly number[], seconds: number): Uint8Array {
  const sounds = tones.flatMap((tone) => ["-f", "lavfi", "-i", `sine=frequency=${tone}:sample_rate=48000`]);
  const maps = ["-map", "0:v", ...tones.flatMap((_, at) => ["-map", `${at + 1}:a`])];
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=720x480:rate=30000/1001,setsar=8/9"];
  const coded = ["-c:v", "mpeg2video", "-b:v", "3M", "-g", "15", "-c:a", "mp2", "-f", "mpegts", "-"];
  const args = ["-v", "error", ...picture, ...sounds, ...maps, "-t", String(seconds), ...coded];
  return execFileSync(ffmpeg ?? "ffmpeg", args, { maxBuffer: 1 << 28 });
}

/** The first octets of a body, so many at least, or all that there are; then it is left. */
export async function readSome(body: ReadableStream<Uint8Array>, least: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let octets = 0;
  const reader = body.getReader();
  while (octets < least) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    octets += value.length;
  }
  await reader.cancel();
  return Buffer.concat(parts);
}

/** What FFmpeg writes to its standard output when it is given these octets; what it has to say of a broken end is no matter. */
export async function outputOf(args: readonly string[], input: Uint8Array): Promise<Buffer> {
  const child = spawn(ffmpeg ?? "ffmpeg", args, { stdio: ["pipe", "pipe", "ignore"] });
  const parts: Buffer[] = [];
  child.stdout.on("data", (octets: Buffer) => parts.push(octets));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  await new Promise((resolve) => child.once("close", resolve));
  return Buffer.concat(parts);
}

/** The size of a JPEG picture, as FFmpeg decodes it. */
export async function pictureSize(jpeg: Uint8Array): Promise<string> {
  const said = await saidOf(["-f", "mjpeg", "-i", "pipe:0", "-f", "null", "-"], jpeg);
  return /Video: mjpeg.*?(\d+x\d+)/.exec(said)?.[1] ?? said;
}
