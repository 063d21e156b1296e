/** The only socket of remote MQTT: MQTTS with a certificate for each home's name; nothing reaches an engine before its CONNECT was judged. */

import { createServer, type Server } from "node:net";
import { createServer as createTlsServer, type SecureContext, type Server as TlsServer } from "node:tls";
import { type Listening, listenOn } from "../../gateway-core/bytes/listening.ts";
import { onceSpoken } from "../../gateway-core/bytes/once-spoken.ts";
import type { Clock, Log } from "../../gateway-core/contract/clock.ts";
import type { Reception } from "./reception.ts";

const handshakeMs = 5_000;
const mostConnections = 5_000;
/** How often a client that says nothing is looked for. */
const aliveMs = 60_000;
/** How often the server's own certificate is looked after. */
const careMs = 12 * 60 * 60_000;

export interface RemotePortOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly contextFor: (serverName: string) => Promise<SecureContext>;
  /** For clients that name no server. */
  readonly ownCertificate: () => Promise<{ readonly cert: string; readonly key: string }>;
  readonly receive: Reception;
  /** Puts it behind balancers, where there are any. */
  readonly behind?: ((server: Server, secured: TlsServer) => void) | undefined;
}

export type RemotePort = Listening;

/** @throws an error of `listen` as Node tells it. */
export async function openRemotePort(address: string, port: number, options: RemotePortOptions): Promise<RemotePort> {
  const { clock, log, contextFor, ownCertificate, receive, behind } = options;
  const secured = createTlsServer({
    ...(await ownCertificate()),
    minVersion: "TLSv1.2",
    handshakeTimeout: handshakeMs,
    SNICallback: (name, done) => {
      contextFor(name).then(
        (context) => done(null, context),
        () => done(null),
      );
    },
  });

  secured.on("secureConnection", (socket) => {
    socket.on("error", () => undefined);
    socket.setKeepAlive(true, aliveMs);
    const serverName = typeof socket.servername === "string" ? socket.servername.toLowerCase() : "";
    void receive(socket, { method: "mqtts", source: socket.remoteAddress ?? "", serverName });
  });

  const server = createServer((socket) =>
    onceSpoken(socket, {
      ...{ clock, patienceMs: handshakeMs },
      serve: () => secured.emit("connection", socket),
      onSilent: () => undefined,
    }),
  );
  server.maxConnections = mostConnections;

  let care = clock.after(careMs, renewOwn);
  function renewOwn(): void {
    care = clock.after(careMs, renewOwn);
    ownCertificate().then(
      (pair) => secured.setSecureContext({ ...pair, minVersion: "TLSv1.2" }),
      (cause) => log.write("error", "own-certificate-failed", { cause: String(cause) }),
    );
  }

  behind?.(server, secured);
  const listening = await listenOn(server, { host: address, port }, (cause) =>
    log.write("error", "remote-port-failed", { cause: String(cause) }),
  );

  return {
    ...listening,
    get isListening() {
      return listening.isListening;
    },
    async [Symbol.asyncDispose]() {
      care.cancel();
      await listening[Symbol.asyncDispose]();
    },
  };
}
