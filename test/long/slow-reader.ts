/** Takes a stream no faster than a line of so many kilobits a second carries it, and keeps when each moment of it had come. */

import { FragmentReader } from "../../gateway-core/media/fragments.ts";

interface Seen {
  /** When its last octet had come, in milliseconds. */
  readonly at: number;
  /** On the stream's time line, in seconds. */
  readonly start: number;
  readonly end: number;
}

export interface SlowReader {
  readonly seen: readonly Seen[];
  /** The media type of each initialization segment. */
  readonly inits: readonly string[];
  /** Reads until the function that is returned is called. @param kbpsAt what the line carries at this moment */
  read(reader: ReadableStreamDefaultReader<Uint8Array>, kbpsAt: (now: number) => number): () => Promise<void>;
}

/** A process that slept has its line go on meanwhile, for as long as there was something to carry. */
const mostBehindMs = 1_000;

export function slowReader(): SlowReader {
  const seen: Seen[] = [];
  const inits: string[] = [];
  return {
    seen,
    inits,
    read(reader, kbpsAt) {
      const parser = new FragmentReader();
      let isOver = false;
      let freeAt = performance.now();
      const reading = (async () => {
        while (!isOver) {
          const { value } = await reader.read();
          if (value === undefined) break;
          const now = performance.now();
          freeAt = Math.max(freeAt, now - mostBehindMs) + (value.length * 8) / kbpsAt(now);
          if (freeAt > now) await new Promise((resolve) => setTimeout(resolve, freeAt - now));
          for (const piece of parser.push(value)) {
            if ("init" in piece) inits.push(piece.init.mediaType);
            else {
              const { start, duration } = piece.fragment;
              seen.push({ at: performance.now(), start, end: start + duration });
            }
          }
        }
      })();
      return async () => {
        isOver = true;
        await reader.cancel();
        await reading;
      };
    },
  };
}
