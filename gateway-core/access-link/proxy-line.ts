/** The link to the provider's outbound proxy at the gateway's end: dialled when first wanted, kept warm, one HTTP/2 stream for each connection (RFC 9113 §8.5). */

import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Clock, Timer } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { mostProxyStreams, proxyAuthority, windowOctets } from "../contract/link.ts";

/** A link that leaves a ping unanswered for so long is dead, whatever TCP still believes. */
const pingMs = 10_000;
/** How long a link without a connection is kept. */
const warmMs = 3 * 60_000;
/** What all streams may have under way: one that is not read holds up none of the others. */
const linkWindowOctets = 4 * windowOctets;

export interface ProxyLine {
  /** @throws HomeError `home-away`, and what `dial` throws. */
  open(): Promise<Duplex>;
  close(): void;
}

export function createProxyLine(clock: Clock, dial: () => Promise<TLSSocket>): ProxyLine {
  let opening: Promise<ClientHttp2Session> | undefined;
  let isClosed = false;

  async function openSession(): Promise<ClientHttp2Session> {
    const socket = await dial();
    socket.setNoDelay(true);
    const session = connect("http://proxy.invalid", {
      createConnection: () => socket,
      settings: { initialWindowSize: windowOctets, enablePush: false },
      maxSessionMemory: 64,
    });
    session.on("error", () => undefined);
    session.once("connect", () => {
      if (!session.destroyed) session.setLocalWindowSize(linkWindowOctets);
    });
    const beat = keepAlive(session, clock);
    session.once("close", () => {
      beat.cancel();
      opening = undefined;
    });
    if (isClosed) session.destroy();
    return session;
  }

  let busy = 0;
  let cooling: Timer | undefined;
  const count = (session: ClientHttp2Session, change: 1 | -1): void => {
    busy += change;
    cooling?.cancel();
    if (busy === 0) cooling = clock.after(warmMs, () => session.close());
  };

  return {
    async open() {
      if (isClosed) throw away();
      if (busy >= mostProxyStreams) throw new HomeError("home-away", "too many connections of this home at once");
      opening ??= openSession().catch((thrown: unknown) => {
        opening = undefined;
        throw thrown;
      });
      const session = await opening;
      if (session.closed || session.destroyed) throw away();
      const stream = session.request(
        { [constants.HTTP2_HEADER_METHOD]: "CONNECT", [constants.HTTP2_HEADER_AUTHORITY]: proxyAuthority },
        { endStream: false },
      );
      count(session, 1);
      stream.once("close", () => count(session, -1));
      await answered(stream);
      return stream;
    },
    close() {
      isClosed = true;
      cooling?.cancel();
      void opening?.then(
        (session) => session.destroy(),
        () => undefined,
      );
    },
  };
}

/** Pings; a link that does not answer ends. */
function keepAlive(session: ClientHttp2Session, clock: Clock): Timer {
  let isAnswered = true;
  const ping = (): void => {
    if (session.destroyed) return;
    if (!isAnswered) {
      session.destroy();
      return;
    }
    isAnswered = false;
    beat = clock.after(pingMs, ping);
    session.ping((error) => {
      isAnswered = error === null;
    });
  };
  let beat = clock.after(pingMs, ping);
  return { cancel: () => beat.cancel() };
}

/** Resolves when the proxy has taken the stream. */
function answered(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for the life of the stream: whoever uses it listens too.
    stream.on("error", (cause) => reject(away(cause)));
    stream.once("close", () => reject(away()));
    stream.once("response", (head) => {
      if (Number(head[constants.HTTP2_HEADER_STATUS]) === 200) return resolve();
      stream.close(constants.NGHTTP2_CANCEL);
      reject(away());
    });
  });
}

const away = (cause?: unknown): HomeError =>
  new HomeError("home-away", "the provider's proxy is not reached", {}, cause);
