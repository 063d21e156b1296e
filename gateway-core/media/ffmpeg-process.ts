/** The only file that starts FFmpeg. What it says goes where the caller looks, never to our own streams, and it ends with us. */

import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { type Clock, sleep } from "../contract/clock.ts";

/** How it ended: exit code, or null when it was killed or never began. */
export interface Ended {
  readonly code: number | null;
  /** The last lines that it said. */
  readonly said: readonly string[];
}

export interface FfmpegProcess {
  readonly stdin: Writable;
  /** pipe:1, then pipe:3, pipe:4 … */
  readonly outputs: readonly Readable[];
  readonly ended: Promise<Ended>;
  /** Ends its input, and half a second later its life: FFmpeg does not heed SIGTERM while it waits for a pipe. */
  stop(): Promise<Ended>;
  kill(): void;
}

export type StartFfmpeg = (args: readonly string[], outputCount: number) => FfmpegProcess;

const patienceMs = 500;
const mostLines = 16;
const longestLine = 400;

/** `program` is started directly, with no shell between. A program that cannot be started has ended with its reason. */
export function ffmpegStarter(program: string, clock: Clock): StartFfmpeg {
  return (args, outputCount) => {
    const more = Array.from({ length: outputCount - 1 }, () => "pipe" as const);
    // Its pipes tie it to this process: when we are gone it reads the end of its input.
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe", ...more] });
    const said: string[] = [];
    const hear = (line: string): void => {
      said.push(line.slice(0, longestLine));
      if (said.length > mostLines) said.shift();
    };
    child.stderr.setEncoding("utf8").on("data", (text: string) => text.split("\n").filter(Boolean).forEach(hear));
    child.stdin.on("error", () => undefined);
    const ended = new Promise<Ended>((resolve) => {
      child.once("error", (cause) => {
        hear(cause.message);
        resolve({ code: null, said });
      });
      child.once("close", (code) => resolve({ code, said }));
    });
    const outputs = [child.stdout, ...child.stdio.slice(3)].filter(
      (one): one is Readable => one !== null && "read" in Object(one),
    );
    for (const output of outputs) output.on("error", () => undefined);
    const kill = (): void => void child.kill("SIGKILL");
    return {
      stdin: child.stdin,
      outputs,
      ended,
      kill,
      async stop() {
        child.stdin.destroy();
        const waiting = new AbortController();
        void sleep(clock, patienceMs, waiting.signal).then(kill, () => undefined);
        const end = await ended;
        waiting.abort();
        return end;
      },
    };
  };
}
