/** Whether FFmpeg is there, which the gateway needs to convert video, and nothing else needs. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Check, findings } from "./finding.ts";

export const ffmpeg: Check = async ({ args }) => {
  const { ok, warn } = findings("ffmpeg", args.language);
  for (const program of ["ffmpeg", await packaged()]) {
    const version = program === undefined ? undefined : await versionOf(program);
    if (version !== undefined) return ok("doctor-ffmpeg-good", { version });
  }
  return warn("doctor-ffmpeg-none", {}, "doctor-ffmpeg-hint");
};

async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ["-version"], { timeout: 10_000 });
    return /^ffmpeg version (\S+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** The optional package's own, whose name is kept from the bundler: it may not be installed. */
async function packaged(): Promise<string | undefined> {
  const name = "ffmpeg-static";
  try {
    const { default: path }: { default: unknown } = await import(name);
    return typeof path === "string" ? path : undefined;
  } catch {
    return undefined;
  }
}
