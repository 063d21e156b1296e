/** The body of an HTTP/2 answer as a web stream: read only as fast as it is taken, cancelled when nobody takes it any more. */

import { type ClientHttp2Stream, constants } from "node:http2";
import { gatherPieces } from "../../gateway-core/bytes/gathered-pieces.ts";
import type { Flow } from "./data-window.ts";

/** Octets that may wait here for their viewer before no more is taken from the link: so many that the way to the viewer never runs dry. */
const mostWaiting = 128 * 1024;

/** Errors when the stream ends before its time. */
export function bodyOf(stream: ClientHttp2Stream, flow: Flow): ReadableStream<Uint8Array> {
  const pieces = gatherPieces({
    onWanted() {
      flow.hold(false);
      stream.resume();
    },
    onCancel: () => stream.close(constants.NGHTTP2_CANCEL),
  });
  const cut = (): void => pieces.end(new Error("the stream was cut"));
  stream.pause();
  stream.on("data", (chunk: Buffer) => {
    flow.took(chunk.length);
    pieces.push(chunk);
    if (!pieces.isWanted) flow.hold(true);
    if (pieces.waiting >= mostWaiting) stream.pause();
  });
  stream.once("end", () => (stream.rstCode === constants.NGHTTP2_NO_ERROR ? pieces.end() : cut()));
  stream.once("error", pieces.end);
  stream.once("close", () => {
    flow[Symbol.dispose]();
    cut();
  });
  return pieces.stream;
}
