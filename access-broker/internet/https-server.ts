/** The only socket towards users: HTTPS, HTTP/1.1 and HTTP/2, with a certificate for each name. */

import { createSecureServer } from "node:http2";
import type { Server } from "node:net";
import type { SecureContext, Server as TlsServer } from "node:tls";
import { type Listening, listenOn } from "../../gateway-core/bytes/listening.ts";
import type { Log } from "../../gateway-core/contract/clock.ts";
import type { CallerReading } from "./caller-number.ts";
import type { Upgraded } from "./upgrade-desk.ts";
import type { Visit } from "./visit.ts";
import { createWebListener, longestHead } from "./web-listener.ts";

const handshakeMs = 10_000;
/** An event stream says something every 15 s; who is silent for longer is gone. */
const silenceMs = 120_000;
const headMs = 10_000;
/** How often a head's time is looked at. */
const checkMs = 2_000;
const mostConnections = 20_000;

export type HttpsServer = Listening;

export interface HttpsServerOptions {
  readonly log: Log;
  /** The certificate for a name; rejects for a foreign one. */
  readonly contextFor: (serverName: string) => Promise<SecureContext>;
  readonly answer: (visit: Visit) => Promise<Response>;
  /** A request to switch protocols; never rejects. Without it such a request is one like any other. */
  readonly upgrade?: (upgraded: Upgraded) => void;
  readonly caller?: CallerReading | undefined;
  /** Puts it behind balancers, where there are any. */
  readonly behind?: ((server: Server, secured: TlsServer) => void) | undefined;
}

/** @throws an error of `listen` as Node tells it. */
export async function openHttpsServer(
  address: string,
  port: number,
  options: HttpsServerOptions,
): Promise<HttpsServer> {
  const { log, contextFor, answer, upgrade, caller, behind } = options;
  const http1 = {
    headersTimeout: headMs,
    requestTimeout: 2 * headMs,
    connectionsCheckingInterval: checkMs,
    maxHeaderSize: longestHead,
  };
  const server = createSecureServer(
    {
      ...http1,
      allowHTTP1: true,
      minVersion: "TLSv1.2",
      // Judged by its fingerprint (caller-number.ts), whoever signed it.
      requestCert: (caller?.network?.certificates.length ?? 0) > 0,
      rejectUnauthorized: false,
      handshakeTimeout: handshakeMs,
      settings: { maxConcurrentStreams: 100, maxHeaderListSize: longestHead, enableConnectProtocol: false },
      // Without a certificate for it the handshake is refused by an alert.
      SNICallback: (name, done) => {
        contextFor(name).then(
          (context) => done(null, context),
          () => done(null),
        );
      },
    },
    createWebListener(answer, caller),
  );
  // What is written in parts (a head, its body, the end) must not wait for the viewer's acknowledgement of the part before.
  server.on("secureConnection", (socket) => void socket.setNoDelay(true));
  const isPeer = caller?.network?.isPeer;
  // Who is none of them is not even shaken hands with.
  if (isPeer !== undefined) server.on("connection", (socket) => isPeer(socket.remoteAddress ?? "") || socket.destroy());
  if (upgrade !== undefined) server.on("upgrade", (request, socket, head) => upgrade({ request, socket, head }));
  server.maxConnections = mostConnections;
  server.setTimeout(silenceMs);
  behind?.(server, server);
  const listening = await listenOn(server, { host: address, port }, (cause) =>
    log.write("error", "user-port-failed", { cause: String(cause) }),
  );

  return listening;
}
