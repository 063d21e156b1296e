/** The only file that starts FFmpeg. What it says goes where the caller looks, never to our own streams, and it ends with us. */

import { spawn } from "node:child_process";
import { type Readable, Writable } from "node:stream";
import { type Clock, sleep, type Timer } from "../contract/clock.ts";

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
/** What is left in the pipes of one that has ended is read much sooner. */
const inheritedMs = 2_000;
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
    // Where the machine has no pipes left there is none, whatever the types say, and it has not begun.
    const pipes = (child.stdio ?? []).filter((one) => one !== null && one !== undefined);
    for (const pipe of pipes) pipe.on("error", () => undefined);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => text.split("\n").filter(Boolean).forEach(hear));
    const ended = new Promise<Ended>((resolve) => {
      let late: Timer | undefined;
      child.once("error", (cause) => {
        hear(cause.message);
        resolve({ code: null, said });
      });
      // What it has begun itself, as a script would, may hold its pipes for ever.
      child.once("exit", () => {
        late = clock.after(inheritedMs, () => {
          for (const pipe of pipes) pipe.destroy();
        });
      });
      child.once("close", (code) => {
        late?.cancel();
        resolve({ code, said });
      });
    });
    const isOutput = (pipe: (typeof pipes)[number]): pipe is Readable => "read" in pipe && pipe !== child.stderr;
    const stdin = child.stdin ?? new Writable({ write: (_octets, _encoding, done) => done() });
    const kill = (): void => void child.kill("SIGKILL");
    return {
      stdin,
      outputs: pipes.slice(1).filter(isOutput),
      ended,
      kill,
      async stop() {
        stdin.destroy();
        const waiting = new AbortController();
        void sleep(clock, patienceMs, waiting.signal).then(kill, () => undefined);
        const end = await ended;
        waiting.abort();
        return end;
      },
    };
  };
}
