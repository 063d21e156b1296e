/** Converts one whole recording to a file, and says how far it is. */

import { rename, rm } from "node:fs/promises";
import { drained } from "../bytes/drained.ts";
import type { Clock, Timer } from "../contract/clock.ts";
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
/** FFmpeg tells twice a second how far it is, and takes what it is given: of one that does neither for so long nothing comes any more. */
const stuckMs = 60_000;

/** What a file is called until it is whole. */
export const partialOf = (output: string): string => `${output}.part`;

/**
 * Resolves when the file is whole; nothing is left of one that is not.
 * @throws HomeError `conversion-failed` with what FFmpeg said, or the signal's reason.
 */
export async function convert(options: ConversionOptions): Promise<void> {
  const { clock, start, input, inputOctets, output, signal, onProgress, ...plan } = options;
  signal.throwIfAborted();
  const partial = partialOf(output);
  const child = start(clipArguments({ ...plan, output: partial }), 1);
  const abort = (): void => child.kill();
  signal.addEventListener("abort", abort, { once: true });
  const begunAt = clock.now();
  let [octets, toldAt, movedAt] = [0, begunAt, begunAt];
  let told = { seconds: 0, speed: null as number | null };
  child.outputs[0]?.setEncoding("utf8").on("data", (text: string) => {
    told = progressIn(text) ?? told;
    movedAt = clock.now();
    if (clock.now() - toldAt < reportMs) return;
    toldAt = clock.now();
    const part = inputOctets === undefined ? null : Math.min(1, octets / Math.max(1, inputOctets));
    const elapsed = (toldAt - begunAt) / 1000;
    const remainingSeconds = part === null || part === 0 ? null : (elapsed * (1 - part)) / part;
    onProgress({ ...told, part, remainingSeconds });
  });
  let unreadable: HomeError | undefined;
  async function feed(): Promise<void> {
    for await (const piece of input) {
      if (signal.aborted || child.stdin.destroyed) return;
      octets += piece.length;
      movedAt = clock.now();
      if (!child.stdin.write(piece)) await Promise.race([drained(child.stdin), child.ended]);
    }
    child.stdin.end();
  }
  const feeding = feed().catch((cause: unknown) => {
    unreadable = new HomeError("value-invalid", `the recording cannot be read: ${String(cause)}`, {}, cause);
    child.kill();
  });
  let [watching, isStuck] = [undefined as Timer | undefined, false];
  const watch = (): void => {
    watching = clock.after(movedAt + stuckMs - clock.now(), () => {
      isStuck = clock.now() - movedAt >= stuckMs;
      if (isStuck) child.kill();
      else watch();
    });
  };
  watch();
  // Once all is written, it is put in order without a word, which takes a slow disk long.
  void feeding.then(() => watching?.cancel());
  try {
    const { code, said } = await child.ended;
    signal.throwIfAborted();
    if (unreadable !== undefined) throw unreadable;
    if (code !== 0) {
      const why = isStuck ? "FFmpeg stood still" : (said.at(-1) ?? "FFmpeg ended");
      throw new HomeError("conversion-failed", why, { said: said.slice(-4) });
    }
    await rename(partial, output);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw thrown;
  } finally {
    watching?.cancel();
    signal.removeEventListener("abort", abort);
  }
}
