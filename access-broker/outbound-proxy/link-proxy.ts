/**
 * The outbound proxy's door for homes that come by their own link: each connection of a computer in the home is one stream
 * of the HTTP/2 that its gateway dialled (RFC 9113 §8.5), and says there what it would say to the other door, but not who it is.
 */

import { createServer } from "node:http";
import { constants, type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { mostProxyStreams, proxyAuthority, windowOctets } from "../../gateway-core/contract/link.ts";
import type { Caller } from "./caller.ts";
import { type ProxyDesk, serverLimits } from "./proxy-desk.ts";
import { fieldOf } from "./proxy-headers.ts";

/** The gateway pings every 10 s: a link that is silent for so long has lost it. */
const silenceMs = 45_000;
/** What all streams of a link may have under way; one that is not read holds up none of the others. */
const linkWindowOctets = 4 * windowOctets;

export interface LinkProxy extends Disposable {
  /** Takes over a link whose certificate named the home; a newer one of the same home takes its place. */
  admit(number: AccessNumber, socket: TLSSocket): { close(): void };
}

export interface LinkProxyOptions {
  readonly clock: Pick<Clock, "after">;
  readonly desk: ProxyDesk;
}

interface Visit {
  readonly caller: Caller;
  /** Ends a connection on which no request comes. */
  readonly late: Timer;
}

export function createLinkProxy({ clock, desk }: LinkProxyOptions): LinkProxy {
  const visits = new WeakMap<Duplex, Visit>();
  const links = new Map<AccessNumber, { close(): void }>();
  let joined = 0;
  // Listens nowhere: it reads the streams that are handed to it.
  const server = createServer(serverLimits);
  desk.serve(server, async ({ socket, rawHeaders }) => {
    const visit = visits.get(socket);
    if (visit === undefined) throw new HomeError("internal", "a connection of no link");
    visit.late.cancel();
    // The link says who asks, and nothing else does.
    if (fieldOf(rawHeaders, "proxy-authorization") !== undefined) {
      throw new HomeError("proxy-request-invalid", "by the home's link no credential is shown", {
        reason: "credential",
      });
    }
    return visit.caller;
  });

  function open(stream: ServerHttp2Stream, head: IncomingHttpHeaders, caller: Caller): void {
    stream.on("error", () => undefined);
    const isConnect = head[constants.HTTP2_HEADER_METHOD] === "CONNECT";
    if (!isConnect || head[constants.HTTP2_HEADER_AUTHORITY] !== proxyAuthority) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    stream.respond({ [constants.HTTP2_HEADER_STATUS]: 200 });
    cutOff(stream);
    const late = clock.after(serverLimits.headersTimeout, () => stream.destroy());
    stream.once("close", () => late.cancel());
    visits.set(stream, { caller, late });
    server.emit("connection", stream);
  }

  return {
    admit(number, socket) {
      socket.setNoDelay(true);
      const source = socket.remoteAddress ?? "";
      const session = performServerHandshake(socket, {
        settings: {
          initialWindowSize: windowOctets,
          maxConcurrentStreams: mostProxyStreams,
          enableConnectProtocol: false,
        },
        maxSessionMemory: 64,
      });
      session.setLocalWindowSize(linkWindowOctets);
      session.on("error", () => undefined);
      session.setTimeout(silenceMs, () => session.destroy());
      const mayStill = async (): Promise<boolean> => !session.destroyed;
      const caller: Caller = { number, user: null, source, mark: `link ${joined++}`, mayStill };
      session.on("stream", (stream: ServerHttp2Stream, head) => open(stream, head, caller));
      const link = { close: () => session.destroy() };
      links.get(number)?.close();
      links.set(number, link);
      session.once("close", () => {
        if (links.get(number) === link) links.delete(number);
      });
      return link;
    },
    [Symbol.dispose]() {
      for (const link of links.values()) link.close();
    },
  };
}

/** Node ends a destroyed stream as if all had been said: what breaks off here is told as broken. */
function cutOff(stream: ServerHttp2Stream): void {
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (cause?: Error) => {
    const isWhole = stream.writableFinished || stream.closed;
    return destroy(cause ?? (isWhole ? undefined : new HomeError("proxy-target-away", "it broke off")));
  };
}
