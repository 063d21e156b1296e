/** The operator's listener: plain HTTP on this machine's own loopback, TLS at any other address. */

import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { BlockList, isIPv6 } from "node:net";
import type { SecureContext } from "node:tls";
import { type Listening, listenOn } from "../../gateway-core/bytes/listening.ts";
import type { Log } from "../../gateway-core/contract/clock.ts";
import type { Visit } from "./visit.ts";
import { createWebListener } from "./web-listener.ts";

const limits = { headersTimeout: 10_000, requestTimeout: 20_000, maxHeaderSize: 16 * 1024 };
const mostConnections = 100;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

export const isLoopback = (address: string): boolean => loopback.check(address, isIPv6(address) ? "ipv6" : "ipv4");

export interface OperatorListenerOptions {
  readonly log: Log;
  /** Key and certificate for who names no server, and the context for a name. */
  readonly ownCertificate: () => Promise<{ readonly cert: string; readonly key: string }>;
  readonly contextFor: (serverName: string) => Promise<SecureContext>;
  readonly answer: (visit: Visit) => Promise<Response>;
}

/** @throws an error of `listen` as Node tells it. */
export async function openOperatorListener(
  address: string,
  port: number,
  { log, ownCertificate, contextFor, answer }: OperatorListenerOptions,
): Promise<Listening> {
  const listener: RequestListener = createWebListener(answer);
  const server = isLoopback(address)
    ? createServer(limits, listener)
    : createTlsServer(
        {
          ...limits,
          ...(await ownCertificate()),
          minVersion: "TLSv1.2",
          SNICallback: (name, done) => {
            contextFor(name).then(
              (context) => done(null, context),
              () => done(null),
            );
          },
        },
        listener,
      );
  server.maxConnections = mostConnections;
  return listenOn(server, { host: address, port }, (cause) =>
    log.write("error", "operator-port-failed", { cause: String(cause) }),
  );
}
