/** The outbound proxy's socket towards homes' computers wherever they are: HTTP/1.1 over TLS, with the app password of a program. */

import { createServer } from "node:https";
import type { Server, Socket } from "node:net";
import type { SecureContext, Server as TlsServer } from "node:tls";
import { type Listening, listenOn } from "../../gateway-core/bytes/listening.ts";
import type { Log } from "../../gateway-core/contract/clock.ts";
import type { Identify } from "./caller.ts";
import { type ProxyDesk, serverLimits } from "./proxy-desk.ts";

const handshakeMs = 10_000;
const mostConnections = 4_000;
/** A home with many computers comes from one address. */
const mostFromOneSource = 512;

export type OutboundProxy = Listening;

export interface OutboundProxyOptions {
  readonly desk: ProxyDesk;
  readonly identify: Identify;
  readonly log: Log;
  /** The certificate for a name; rejects for a foreign one. */
  readonly contextFor: (serverName: string) => Promise<SecureContext>;
  /** What has lasted for so long ends. */
  readonly longestMs: number;
  /** Puts it behind balancers, where there are any. */
  readonly behind?: ((server: Server, secured: TlsServer) => void) | undefined;
}

/** Rejects with an error of `listen` as Node tells it. */
export function openOutboundProxy(
  address: string,
  port: number,
  { desk, identify, log, contextFor, longestMs, behind }: OutboundProxyOptions,
): Promise<OutboundProxy> {
  const server = createServer({
    ...serverLimits,
    minVersion: "TLSv1.2",
    handshakeTimeout: handshakeMs,
    requestTimeout: longestMs,
    // In a tunnel one side may have said all while it still listens.
    allowHalfOpen: true,
    SNICallback: (name, done) => {
      contextFor(name).then(
        (context) => done(null, context),
        () => done(null),
      );
    },
  });
  server.maxConnections = mostConnections;
  desk.serve(server, identify);
  const fromSource = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const { remoteAddress: source = "" } = socket;
    const count = (fromSource.get(source) ?? 0) + 1;
    fromSource.set(source, count);
    socket.once("close", () => {
      const left = (fromSource.get(source) ?? 1) - 1;
      if (left === 0) fromSource.delete(source);
      else fromSource.set(source, left);
    });
    if (count > mostFromOneSource) socket.destroy();
  });
  behind?.(server, server);
  return listenOn(server, { host: address, port }, (cause) =>
    log.write("error", "proxy-port-failed", { cause: String(cause) }),
  );
}
