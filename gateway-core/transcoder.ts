/** Converts recordings with an FFmpeg that works: joins the room media to the machine's files and to the optional package. */

import { constants, createReadStream, type Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { formOctets, sourceFormOf } from "./bytes/source-form.ts";
import type { Host } from "./contract/clock.ts";
import { HomeError, toHomeError } from "./contract/errors.ts";
import type { SourceForm } from "./contract/stream.ts";
import { convert, type Progress, partialOf } from "./media/conversion.ts";
import { ffmpegStarter } from "./media/ffmpeg-process.ts";
import { findFfmpeg, type Search } from "./media/find-ffmpeg.ts";
import ladder from "./media/ladder.json" with { type: "json" };

export interface Conversion {
  /** A recording: an MPEG-2 transport stream or DV, whatever its name. */
  readonly input: string;
  /** The MP4 file to make; until it is whole it is called `….part`. */
  readonly output: string;
  /** `h264`: for browsers; `mpeg4`: MPEG-4 Part 2, for players that know nothing newer. */
  readonly profile: "h264" | "mpeg4";
  /** `high`: 480 lines; `low`: 240. */
  readonly rung: "high" | "low";
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** `setting`: the program to try first. */
export function searchFfmpeg(host: Pick<Host, "clock" | "memory">, setting?: string): Promise<Search> {
  return findFfmpeg({ host, setting: setting ?? process.env["FFMPEG_PATH"], packaged, path: process.env["PATH"] });
}

/** What is being made: two that write one file would make neither. */
const underWay = new Set<string>();

/**
 * Resolves when the file is whole.
 * @throws HomeError `converter-missing`, `value-invalid` for what is no such recording or cannot be read, or an output that
 * would write over it; `device-busy` where the output is being made already; `conversion-failed`, or the signal's reason.
 */
export async function convertRecording(
  host: Pick<Host, "clock" | "memory">,
  { input, rung: name, ...conversion }: Conversion,
  setting?: string,
): Promise<void> {
  const output = resolve(conversion.output);
  if (underWay.has(output)) throw new HomeError("device-busy", "this file is being made already", { output });
  underWay.add(output);
  try {
    const { engine } = await searchFfmpeg(host, setting);
    const encoder = engine?.encoders.find((one) => one.includes("264") || conversion.profile === "mpeg4");
    const rung = ladder.find((one) => one.name === name);
    if (engine === undefined || encoder === undefined || rung === undefined) {
      throw new HomeError("converter-missing", "no FFmpeg that works was found; genkan doctor says why");
    }
    const { form, file } = await examine(input);
    await refuseOverwriting(file, [output, partialOf(output)]);
    const start = ffmpegStarter(engine.program, host.clock);
    const known = { encoder, rung, form, inputOctets: file.size };
    await convert({ ...conversion, ...known, output, clock: host.clock, start, input: octetsOf(input) });
  } finally {
    underWay.delete(output);
  }
}

async function examine(path: string): Promise<{ readonly form: SourceForm; readonly file: Stats }> {
  try {
    // What is no file, such as a pipe that nobody writes to, must not hold us up.
    await using handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const file = await handle.stat();
    if (!file.isFile()) throw new HomeError("value-invalid", "the recording is no file");
    const { buffer, bytesRead } = await handle.read(new Uint8Array(formOctets), 0, formOctets, 0);
    return { file, form: sourceFormOf(buffer.subarray(0, bytesRead)) };
  } catch (thrown) {
    if (thrown instanceof HomeError) throw thrown;
    throw new HomeError("value-invalid", `the recording cannot be read: ${toHomeError(thrown).message}`, {}, thrown);
  }
}

/** Opened by whoever reads it: what nobody reads must not break. */
async function* octetsOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

/** Another name, or a link, may lead to the same file: what cannot be had again is never written over by what is made of it. */
async function refuseOverwriting({ dev, ino }: Stats, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const there = await stat(path).catch(() => undefined);
    if (there === undefined) continue;
    if (!there.isFile()) throw new HomeError("value-invalid", "the output is no file", { path });
    if (there.dev === dev && there.ino === ino) {
      throw new HomeError("value-invalid", "the output would write over the recording", { path });
    }
  }
}

/** The optional package's own, whose name is kept from the bundler: it may not be installed. */
async function packaged(): Promise<unknown> {
  const name = "ffmpeg-static";
  const { default: path }: { default: unknown } = await import(name);
  return path;
}
