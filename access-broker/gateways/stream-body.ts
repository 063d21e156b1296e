/** The body of an HTTP/2 answer as a web stream: read only as fast as it is taken, cancelled when nobody takes it any more. */

import { type ClientHttp2Stream, constants } from "node:http2";
import type { Flow } from "./data-window.ts";

/** Octets that may wait here for their viewer before no more is taken from the link: so many that the way to the viewer never runs dry. */
const mostWaiting = 64 * 1024;

/** Errors when the stream ends before its time. */
export function bodyOf(stream: ClientHttp2Stream, flow: Flow): ReadableStream<Uint8Array> {
  let isDone = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stream.pause();
        stream.on("data", (chunk: Buffer) => {
          // What had come already when it was given up.
          if (isDone) return;
          flow.took(chunk.length);
          controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
          const waiting = -(controller.desiredSize ?? 0);
          if (waiting > 0) flow.hold(true);
          if (waiting >= mostWaiting) stream.pause();
        });
        const finish = (act: () => void): void => {
          if (isDone) return;
          isDone = true;
          act();
        };
        stream.once("end", () =>
          finish(() =>
            stream.rstCode === constants.NGHTTP2_NO_ERROR
              ? controller.close()
              : controller.error(new Error("the stream was cut")),
          ),
        );
        stream.once("error", (cause) => finish(() => controller.error(cause)));
        stream.once("close", () => {
          flow[Symbol.dispose]();
          finish(() => controller.error(new Error("the stream was cut")));
        });
      },
      pull() {
        flow.hold(false);
        stream.resume();
      },
      cancel() {
        isDone = true;
        stream.close(constants.NGHTTP2_CANCEL);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
}
