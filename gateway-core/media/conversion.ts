/** Converts one whole recording to a file, and says how far it is. */

import { rename, rm } from "node:fs/promises";
import { drained } from "../bytes/drained.ts";
import type { Clock } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { StartFfmpeg } from "./ffmpeg-process.ts";
import { progressIn } from "./progress.ts";
import { type ClipPlan, clipArguments } from "./transcode-plan.ts";

export interface Progress {
  /** Of the input, 0 to 1; null while its length is not known. */
  readonly part: number | null;
  /** Seconds of media that are converted. */
  readonly seconds: number;
  /** Seconds of media in a second of time. */
  readonly speed: number | null;
  /** Seconds still to go, by how fast the input has gone so far; null while that cannot be told. */
  readonly remainingSeconds: number | null;
}

export interface ConversionOptions extends Omit<ClipPlan, "output"> {
  readonly clock: Clock;
  readonly start: StartFfmpeg;
  readonly input: AsyncIterable<Uint8Array>;
  /** Octets of the whole input, where that is known. */
  readonly inputOctets?: number;
  /** The file to make; until it is whole it has another name. */
  readonly output: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

const reportMs = 500;

/**
 * Resolves when the file is whole; nothing is left of one that is not.
 * @throws HomeError `conversion-failed` with what FFmpeg said, or the signal's reason.
 */
export async function convert(options: ConversionOptions): Promise<void> {
  const { clock, start, input, inputOctets, output, signal, onProgress, ...plan } = options;
  signal.throwIfAborted();
  const partial = `${output}.part`;
  const child = start(clipArguments({ ...plan, output: partial }), 1);
  const abort = (): void => child.kill();
  signal.addEventListener("abort", abort, { once: true });
  const begunAt = clock.now();
  let [octets, toldAt] = [0, begunAt];
  let told = { seconds: 0, speed: null as number | null };
  child.outputs[0]?.setEncoding("utf8").on("data", (text: string) => {
    told = progressIn(text) ?? told;
    if (clock.now() - toldAt < reportMs) return;
    toldAt = clock.now();
    const part = inputOctets === undefined ? null : Math.min(1, octets / Math.max(1, inputOctets));
    const elapsed = (toldAt - begunAt) / 1000;
    const remainingSeconds = part === null || part === 0 ? null : (elapsed * (1 - part)) / part;
    onProgress({ ...told, part, remainingSeconds });
  });
  const feeding = (async () => {
    for await (const piece of input) {
      if (signal.aborted || child.stdin.destroyed) break;
      octets += piece.length;
      if (!child.stdin.write(piece)) await Promise.race([drained(child.stdin), child.ended]);
    }
    child.stdin.end();
  })();
  try {
    const [{ code, said }] = await Promise.all([child.ended, feeding]);
    signal.throwIfAborted();
    if (code !== 0) throw new HomeError("conversion-failed", said.at(-1) ?? "FFmpeg ended", { said: said.slice(-4) });
    await rename(partial, output);
  } catch (thrown) {
    child.kill();
    await rm(partial, { force: true });
    throw thrown;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
