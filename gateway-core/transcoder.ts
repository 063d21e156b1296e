/** Converts recordings with an FFmpeg that works: joins the room media to the machine's files and to the optional package. */

import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { formOctets, sourceFormOf } from "./bytes/source-form.ts";
import type { Host } from "./contract/clock.ts";
import { HomeError, toHomeError } from "./contract/errors.ts";
import { convert, type Progress } from "./media/conversion.ts";
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

/**
 * Resolves when the file is whole.
 * @throws HomeError `converter-missing`, `value-invalid` for what is no such recording or cannot be read,
 * `conversion-failed`, or the signal's reason.
 */
export async function convertRecording(
  host: Pick<Host, "clock" | "memory">,
  { input, rung: name, ...conversion }: Conversion,
  setting?: string,
): Promise<void> {
  const { engine } = await searchFfmpeg(host, setting);
  const encoder = engine?.encoders.find((one) => one.includes("264") || conversion.profile === "mpeg4");
  const rung = ladder.find((one) => one.name === name);
  if (engine === undefined || encoder === undefined || rung === undefined) {
    throw new HomeError("converter-missing", "no FFmpeg that works was found; genkan doctor says why");
  }
  const { form, octets } = await examine(input);
  const start = ffmpegStarter(engine.program, host.clock);
  await convert({
    ...conversion,
    clock: host.clock,
    start,
    encoder,
    rung,
    form,
    inputOctets: octets,
    input: createReadStream(input),
  });
}

async function examine(path: string) {
  try {
    const { size: octets } = await stat(path);
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(new Uint8Array(formOctets), 0, formOctets, 0);
    return { octets, form: sourceFormOf(buffer.subarray(0, bytesRead)) };
  } catch (thrown) {
    if (thrown instanceof HomeError) throw thrown;
    throw new HomeError("value-invalid", `the recording cannot be read: ${toHomeError(thrown).message}`, {}, thrown);
  }
}

/** The optional package's own, whose name is kept from the bundler: it may not be installed. */
async function packaged(): Promise<unknown> {
  const name = "ffmpeg-static";
  const { default: path }: { default: unknown } = await import(name);
  return path;
}
