/** A WebSocket over the data link: extended CONNECT (RFC 8441), whose octets are the frames alone. */

import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { drained } from "../bytes/drained.ts";
import { HomeError, httpStatusOf, toHomeError } from "../contract/errors.ts";
import type { SocketHandler, SocketWire } from "../contract/web.ts";
import { requestLineOf, viewerOf } from "./link-request.ts";

/** Never rejects: what goes wrong is the answer, or ends the WebSocket. */
export async function serveSocket(
  stream: ServerHttp2Stream,
  head: IncomingHttpHeaders,
  sockets: SocketHandler | undefined,
  onFailure: (cause: unknown) => void,
): Promise<void> {
  const leaving = new AbortController();
  stream.once("close", () => leaving.abort());
  try {
    if (head[":protocol"] !== "websocket" || sockets === undefined) {
      throw new HomeError("not-found", "there is no WebSocket here");
    }
    const { url, headers } = requestLineOf(head);
    const { protocol, serve } = await sockets(new Request(url, { headers, signal: leaving.signal }), viewerOf(head));
    if (stream.destroyed) return;
    const told = protocol === undefined ? {} : { "sec-websocket-protocol": protocol };
    stream.respond({ [constants.HTTP2_HEADER_STATUS]: 200, ...told });
    serve(wireOf(stream));
  } catch (thrown) {
    const error = toHomeError(thrown);
    if (error.code === "internal" && !leaving.signal.aborted) onFailure(thrown);
    if (stream.destroyed) return;
    if (stream.headersSent) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else stream.respond({ [constants.HTTP2_HEADER_STATUS]: httpStatusOf[error.code] }, { endStream: true });
  }
}

const wireOf = (stream: ServerHttp2Stream): SocketWire => ({
  octets: stream,
  async send(octets) {
    if (!stream.destroyed && !stream.write(octets)) await drained(stream);
  },
  end: () => void stream.end(),
});
