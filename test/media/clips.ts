/** Real FFmpeg and streams made by it, paced as a device sends them. */

import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
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
    do {
      for (let at = 0; at < octets.length; at += piece) {
        if (isOver) return;
        yield octets.subarray(at, at + piece);
        await new Promise((resolve) => setTimeout(resolve, step));
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

/** The process ids of our own children that run FFmpeg. */
export function encoders(): number[] {
  const listed = spawnSyncText("ps", ["-o", "pid=,comm=", "--ppid", String(process.pid)]);
  return listed
    .split("\n")
    .filter((line) => line.includes("ffmpeg"))
    .map((line) => Number.parseInt(line, 10));
}

function spawnSyncText(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** How many pictures FFmpeg decodes of an MP4, and the kinds of its tracks. */
export async function decoded(mp4: Uint8Array): Promise<{ readonly frames: number; readonly said: string }> {
  const child = spawn(ffmpeg ?? "ffmpeg", ["-v", "info", "-f", "mp4", "-i", "pipe:0", "-f", "null", "-"]);
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(mp4);
  await new Promise((resolve) => child.once("close", resolve));
  return { frames: Number(/frame=\s*(\d+)(?![\s\S]*frame=)/.exec(said)?.[1] ?? 0), said };
}
