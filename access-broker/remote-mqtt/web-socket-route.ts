/** Remote MQTT over WebSocket at `/mqtt` of a home's origin (MQTT 3.1.1 §6, RFC 6455): received as what comes over TLS alone. */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Guest, Reception } from "./reception.ts";
import { WebSocketStream } from "./web-socket-stream.ts";

const path = "/mqtt";
const subprotocol = "mqtt";
/** Octets of a message; it may hold several packets, which are held to their own limits. */
const longestMessage = 64 * 1024;
/** How often a client that says nothing is looked for. */
const aliveMs = 60_000;

/** An opening handshake whose name and form were judged; a browser's comes from the home's own origin, null is a program's. */
export interface MqttVisit {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly number: AccessNumber;
  readonly origin: string | null;
  readonly visit: {
    readonly headers: Headers;
    readonly source: string;
    readonly serverName: string;
    /** Aborts, and resolves, when the connection has ended. */
    readonly signal: AbortSignal;
    readonly closed: Promise<void>;
  };
}

export interface WebSocketRouteOptions {
  readonly receive: Reception;
  /** Who holds the session of that visit, and until when; undefined: nobody does. @throws HomeError why it may not be used */
  readonly guestOf: (visit: MqttVisit) => Promise<{ readonly guest: Guest; readonly ending: AbortSignal } | undefined>;
}

export function createWebSocketRoute({ receive, guestOf }: WebSocketRouteOptions) {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: longestMessage,
    handleProtocols: () => subprotocol,
  });
  return {
    takes: (asked: string): boolean => asked === path,
    async open(visit: MqttVisit): Promise<void> {
      const { request, socket, head, number } = visit;
      const { headers, source, serverName } = visit.visit;
      const offered = (headers.get("sec-websocket-protocol") ?? "").split(",").map((one) => one.trim());
      if (!offered.includes(subprotocol)) throw new HomeError("command-invalid", "the subprotocol here is mqtt");
      const found = await guestOf(visit);
      request.socket.setKeepAlive(true, aliveMs);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const stream = new WebSocketStream(webSocket);
        stream.on("error", () => undefined);
        found?.ending.addEventListener("abort", () => stream.destroy(), { once: true });
        if (found?.ending.aborted) stream.destroy();
        void receive(stream, {
          method: "wss",
          source,
          serverName: serverName.toLowerCase(),
          number,
          guest: found?.guest,
        });
      });
    },
  };
}
