/** Own management's only socket: HTTPS towards the internet, few connections, short patience, and nothing behind it but the desk. */

import type { ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Log } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { CertificatePair } from "./own-certificate.ts";
import type { OwnDesk } from "./own-desk.ts";
import type { OwnSessions } from "./own-sessions.ts";

const mostConnections = 128;
const mostFromOneSource = 32;
const patienceMs = 10_000;
const longestHead = 16 * 1024;
/** Half a year, for a certificate that browsers know. */
const strictTransport = "max-age=15552000";

export interface OwnServerOptions {
  readonly listen: string;
  readonly port: number;
  readonly pair: CertificatePair;
  /** Browsers know the certificate: they are told to insist on it. */
  readonly isReal: boolean;
  readonly desk: OwnDesk;
  readonly sessions: OwnSessions;
  readonly log: Log;
}

export interface OwnServer extends AsyncDisposable {
  readonly port: number;
}

/** @throws HomeError `address-unusable`: a taken port is not moved, as a router leads to it. */
export async function openOwnServer(options: OwnServerOptions): Promise<OwnServer> {
  const { listen, port, pair, isReal, desk, sessions, log } = options;
  /** What each session has under way: cut when it ends. */
  const underWay = new Map<string, Set<ServerResponse>>();
  const stop = sessions.onEnd(({ id }) => {
    for (const response of underWay.get(id) ?? []) response.destroy();
  });

  const listener = getRequestListener(
    async (request, { incoming, outgoing }) => {
      const source = incoming.socket.remoteAddress ?? "";
      let session = "";
      const response = await desk(request, source, (id) => {
        session = id;
      });
      // Who has just ended their own session still hears so.
      if (sessions.isOpen(session) && "chunkedEncoding" in outgoing) watch(session, outgoing);
      if (isReal) response.headers.set("strict-transport-security", strictTransport);
      return response;
    },
    { overrideGlobalObjects: false },
  );
  function watch(id: string, outgoing: ServerResponse): void {
    const own = underWay.get(id) ?? new Set();
    underWay.set(id, own.add(outgoing));
    outgoing.once("close", () => {
      own.delete(outgoing);
      if (own.size === 0) underWay.delete(id);
    });
  }

  const server = createServer(
    {
      ...pair,
      minVersion: "TLSv1.2",
      handshakeTimeout: patienceMs,
      headersTimeout: patienceMs,
      requestTimeout: 2 * patienceMs,
      connectionsCheckingInterval: patienceMs / 2,
      maxHeaderSize: longestHead,
    },
    (incoming, outgoing) => void listener(incoming, outgoing),
  );
  server.maxConnections = mostConnections;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    const { remoteAddress } = socket;
    const beside = [...sockets].filter((one) => one.remoteAddress === remoteAddress).length;
    if (beside >= mostFromOneSource) return void socket.destroy();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ message }) =>
      reject(new HomeError("address-unusable", `cannot listen on ${listen}:${port}: ${message}`, { port })),
    );
    server.listen({ host: listen, port }, resolve);
  });
  server.removeAllListeners("error");
  server.on("error", (cause) => log.write("warn", "own-server-error", { cause: String(cause) }));
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    async [Symbol.asyncDispose]() {
      stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
