/** The data link at the broker's end: HTTP/2 in reverse over a connection that the home dialled. The broker asks, the gateway serves. */

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { windowOctets } from "../../gateway-core/contract/link.ts";
import { createDataWindow, type DataWindow } from "./data-window.ts";
import { away, headOf } from "./link-head.ts";
import { type LinkSocket, openLinkSocket, type SocketRequest } from "./link-socket.ts";
import { bodyOf } from "./stream-body.ts";

/** A link that leaves a ping unanswered for so long is dead, whatever TCP still believes. */
const pingMs = 10_000;
/** Statuses whose answers have no body (Fetch §2.2.3). */
const bodiless: readonly number[] = [204, 205, 304];

/** A request to the home, its headers sorted out already and its body whole. */
export interface LinkRequest {
  readonly method: string;
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Cancels at the home too. */
  readonly signal: AbortSignal;
}

export interface DataLink {
  readonly isOpen: boolean;
  /** Requests that are under way. */
  readonly busy: number;
  /**
   * Asks the home.
   * @throws HomeError `home-away` when the link ends before the answer's head has come.
   */
  request(request: LinkRequest): Promise<Response>;
  /**
   * Opens a WebSocket in the home; the wire's octets are its frames.
   * @throws HomeError `home-away`, or what the home refuses it by.
   */
  openSocket(request: SocketRequest): Promise<LinkSocket>;
  /** Ends it at once; answers under way break off. */
  destroy(): void;
  /** Lets answers under way come to their end. */
  retire(): void;
}

export interface DataLinkOptions {
  readonly clock: Clock;
  /** It has become idle or busy, or is closed. */
  readonly onChange: () => void;
  /** So many octets of an answer have come. */
  readonly onOctets: (octets: number) => void;
}

export function openDataLink(socket: TLSSocket, { clock, onChange, onOctets }: DataLinkOptions): DataLink {
  socket.setNoDelay(true);
  const session = connect("https://home.invalid", {
    createConnection: () => socket,
    settings: { initialWindowSize: windowOctets, enablePush: false },
    maxSessionMemory: 32,
  });
  const window = createDataWindow({
    clock,
    ping: (heard) => !session.destroyed && session.ping((error, tookMs) => error === null && heard(tookMs)),
    onOctets,
    apply(octets) {
      if (session.destroyed) return;
      session.settings({ initialWindowSize: octets });
      session.setLocalWindowSize(octets);
    },
  });
  session.once("connect", () => {
    if (session.destroyed) return;
    session.setLocalWindowSize(windowOctets);
    // Before anything is under way: the line's own delay.
    session.ping((error, tookMs) => error === null && window.answered(tookMs));
  });
  // Each stream tells its own failure; the session's is the end of all of them.
  session.on("error", () => undefined);
  let busy = 0;
  let beat = clock.after(pingMs, ping);
  let isAnswered = true;
  function ping(): void {
    if (session.destroyed) return;
    if (!isAnswered) {
      session.destroy();
      return;
    }
    isAnswered = false;
    beat = clock.after(pingMs, ping);
    session.ping((error, tookMs) => {
      isAnswered = error === null;
      if (isAnswered) window.answered(tookMs);
    });
  }
  session.on("close", () => {
    beat.cancel();
    window[Symbol.dispose]();
    onChange();
  });

  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  session.once("remoteSettings", () => settle());
  session.once("close", () => settle());
  const count = (stream: ClientHttp2Stream): void => {
    busy++;
    stream.once("close", () => {
      busy--;
      onChange();
    });
  };

  return {
    get isOpen() {
      return !session.closed && !session.destroyed;
    },
    get busy() {
      return busy;
    },
    async request(request) {
      const stream = send(session, request);
      count(stream);
      const stop = (): void => stream.close(constants.NGHTTP2_CANCEL);
      request.signal.addEventListener("abort", stop, { once: true });
      stream.once("close", () => request.signal.removeEventListener("abort", stop));
      if (request.signal.aborted) stop();
      const head = await headOf(stream, clock);
      try {
        return answerOf(stream, head, request.method, window);
      } catch (cause) {
        stop();
        throw away(cause);
      }
    },
    async openSocket(request) {
      await settled;
      return openLinkSocket(session, request, clock, count);
    },
    destroy: () => session.destroy(),
    retire: () => session.close(),
  };
}

function send(
  session: ClientHttp2Session,
  { method, authority, target, headers, body }: LinkRequest,
): ClientHttp2Stream {
  const line = {
    [constants.HTTP2_HEADER_METHOD]: method,
    [constants.HTTP2_HEADER_SCHEME]: "https",
    [constants.HTTP2_HEADER_AUTHORITY]: authority,
    [constants.HTTP2_HEADER_PATH]: target,
  };
  try {
    const stream = session.request({ ...line, ...Object.fromEntries(headers) }, { endStream: body.length === 0 });
    if (body.length > 0) stream.end(body);
    return stream;
  } catch (cause) {
    throw away(cause);
  }
}

/** The web's answer; its body is not awaited where there is none. Throws what the web's API says to a status or header that is none. */
function answerOf(
  stream: ClientHttp2Stream,
  head: IncomingHttpHeaders,
  method: string,
  window: Pick<DataWindow, "open">,
): Response {
  const status = Number(head[constants.HTTP2_HEADER_STATUS]);
  const headers = headersOf(head);
  const hasBody = method !== "HEAD" && !bodiless.includes(status);
  if (!hasBody) stream.close(constants.NGHTTP2_CANCEL);
  return new Response(hasBody ? bodyOf(stream, window.open()) : null, { status, headers });
}

function headersOf(head: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(head)) {
    if (name.startsWith(":") || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  return headers;
}
