/** FFmpeg processes that do what a test tells them: what was written to each is kept, what each writes is the test's. */

import { PassThrough } from "node:stream";
import type { Ended, FfmpegProcess, StartFfmpeg } from "../../gateway-core/media/ffmpeg-process.ts";

export interface FakeProcess extends FfmpegProcess {
  readonly args: readonly string[];
  readonly outputs: readonly PassThrough[];
  /** What it was given. */
  readonly taken: Uint8Array[];
  isOver: boolean;
  end(ended?: Ended): void;
}

export interface FakeFfmpeg {
  readonly start: StartFfmpeg;
  /** All that were started, in their order. */
  readonly started: FakeProcess[];
  /** Those that have not ended. */
  readonly running: readonly FakeProcess[];
}

export function fakeFfmpeg(): FakeFfmpeg {
  const started: FakeProcess[] = [];
  return {
    started,
    get running() {
      return started.filter(({ isOver }) => !isOver);
    },
    start(args, outputCount) {
      const { promise: ended, resolve } = Promise.withResolvers<Ended>();
      const stdin = new PassThrough();
      const taken: Uint8Array[] = [];
      stdin.on("data", (octets: Uint8Array) => taken.push(octets));
      const one: FakeProcess = {
        ...{ args, stdin, taken, ended, isOver: false },
        outputs: Array.from({ length: outputCount }, () => new PassThrough()),
        end(how = { code: 0, said: [] }) {
          one.isOver = true;
          resolve(how);
        },
        kill: () => one.end({ code: null, said: [] }),
        stop() {
          one.end();
          return ended;
        },
      };
      started.push(one);
      return one;
    },
  };
}
