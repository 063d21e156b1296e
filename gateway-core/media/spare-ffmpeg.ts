/** An FFmpeg begun before there is anything to give it: loading it takes longer than a source takes to be connected. It waits for its input, costs no processor time, and ends with whoever holds it. */

import type { FfmpegProcess, StartFfmpeg } from "./ffmpeg-process.ts";

export interface SpareFfmpeg extends Disposable {
  /** Begins one ahead, unless one such waits already. */
  prepare(args: readonly string[], outputCount: number): void;
  /** The one that waits, where it was begun with just these arguments; else a new one. */
  readonly start: StartFfmpeg;
}

export function createSpareFfmpeg(start: StartFfmpeg): SpareFfmpeg {
  let spare: { readonly process: FfmpegProcess; readonly key: string } | undefined;

  const keyOf = (args: readonly string[], outputCount: number): string => JSON.stringify([args, outputCount]);

  /** What waits, no longer ours. */
  function taken(): typeof spare {
    const one = spare;
    spare = undefined;
    return one;
  }

  return {
    prepare(args, outputCount) {
      const key = keyOf(args, outputCount);
      if (spare?.key === key) return;
      taken()?.process.kill();
      const one = { process: start(args, outputCount), key };
      spare = one;
      // One that has ended already is no use: whoever starts another hears why.
      void one.process.ended.then(() => {
        if (spare === one) spare = undefined;
      });
    },
    start(args, outputCount) {
      const one = taken();
      if (one?.key === keyOf(args, outputCount)) return one.process;
      one?.process.kill();
      return start(args, outputCount);
    },
    [Symbol.dispose]: () => taken()?.process.kill(),
  };
}
