/** A WebSocket in a home at the broker's end of the data link: extended CONNECT (RFC 8441). */

import { type ClientHttp2Session, type ClientHttp2Stream, constants } from "node:http2";
import type { Duplex } from "node:stream";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { type ErrorCode, HomeError } from "../../gateway-core/contract/errors.ts";
import { away, headOf } from "./link-head.ts";

export interface SocketRequest {
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  /** Ends it in the home too. */
  readonly signal: AbortSignal;
}

export interface LinkSocket {
  /** Ends when the home ends it; is destroyed with an error when it breaks off. */
  readonly wire: Duplex;
  /** The subprotocol that the home chose. */
  readonly protocol: string | undefined;
}

const refusals: Readonly<Record<number, ErrorCode>> = { 403: "not-granted", 404: "not-found", 503: "page-not-wired" };

export async function openLinkSocket(
  session: ClientHttp2Session,
  { authority, target, headers, signal }: SocketRequest,
  clock: Clock,
  count: (stream: ClientHttp2Stream) => void,
): Promise<LinkSocket> {
  if (session.destroyed) throw away(undefined);
  if (session.remoteSettings.enableConnectProtocol !== true) throw refused(404);
  const line = {
    [constants.HTTP2_HEADER_METHOD]: "CONNECT",
    ":protocol": "websocket",
    [constants.HTTP2_HEADER_SCHEME]: "https",
    [constants.HTTP2_HEADER_AUTHORITY]: authority,
    [constants.HTTP2_HEADER_PATH]: target,
  };
  const stream = session.request({ ...line, ...Object.fromEntries(headers) }, { endStream: false });
  count(stream);
  const stop = (): void => stream.close(constants.NGHTTP2_CANCEL);
  signal.addEventListener("abort", stop, { once: true });
  stream.once("close", () => signal.removeEventListener("abort", stop));
  if (signal.aborted) stop();
  const head = await headOf(stream, clock);
  const status = Number(head[constants.HTTP2_HEADER_STATUS]);
  if (status < 200 || status > 299) {
    stop();
    throw refused(status);
  }
  const protocol = head["sec-websocket-protocol"];
  return { wire: stream, protocol: typeof protocol === "string" ? protocol : undefined };
}

const refused = (status: number): HomeError =>
  new HomeError(refusals[status] ?? "not-found", "the home takes no WebSocket there", { status });
