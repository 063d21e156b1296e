/** Back-pressure of the data link. */

import type { ServerHttp2Stream } from "node:http2";

/** Resolves when more may be written, or when the stream is gone. */
export function drained(stream: ServerHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done).off("close", done);
      resolve();
    };
    stream.on("drain", done).on("close", done);
  });
}
