/**
 * Sends each WebSocket opening handshake (RFC 6455 §4.2, by HTTP/1.1) to who takes its path at a home's origin. Until
 * somebody takes it the connection is not switched, and what is wrong with it is answered as to any other request.
 */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Log } from "../../gateway-core/contract/clock.ts";
import { HomeError, httpStatusOf, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { CallerReading } from "./caller-number.ts";
import { checkOrigin } from "./origin-check.ts";
import { ownNameOf } from "./own-name.ts";
import type { Visit } from "./visit.ts";
import { visitOf } from "./web-listener.ts";

/** A request to switch protocols as Node hands it out: its connection, and what was read of it already. */
export interface Upgraded {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** One that asks for a WebSocket at a home's origin. A browser's comes from that origin; `origin` is null for a program. */
export interface SocketVisit extends Upgraded {
  readonly visit: Visit;
  readonly number: AccessNumber;
  readonly origin: string | null;
}

export interface SocketRoute {
  readonly takes: (path: string) => boolean;
  /**
   * Judges the visit (session, rights, Origin as far as it matters for its kind of credential) and switches protocols.
   * From then on the connection, its limits and its end are the route's.
   * @throws HomeError before anything is written: the answer says so, and the connection ends.
   */
  readonly open: (visit: SocketVisit) => Promise<void>;
}

export interface UpgradeDeskOptions {
  readonly host: string;
  readonly log: Log;
  /** As of every other answer of this port. */
  readonly hstsSeconds?: number;
  /** The first one that takes the path has it. */
  readonly routes: readonly SocketRoute[];
  readonly caller?: CallerReading | undefined;
}

export function createUpgradeDesk({
  host,
  log,
  hstsSeconds = 0,
  routes,
  caller,
}: UpgradeDeskOptions): (upgraded: Upgraded) => void {
  async function open({ request, socket, head }: Upgraded, visit: Visit): Promise<void> {
    const { number } = ownNameOf(visit, host);
    checkOrigin("", visit.headers, `https://${visit.authority}`);
    assertWebSocket(visit);
    const route = number === undefined ? undefined : routes.find(({ takes }) => takes(visit.path));
    if (number === undefined || route === undefined) {
      throw new HomeError("not-found", "there is no WebSocket here", { path: visit.path.slice(0, 128) });
    }
    // The server's patience with silent requests is not meant for what stays open.
    request.socket.setTimeout(0);
    await route.open({ visit, number, origin: visit.headers.get("origin"), request, socket, head });
  }

  return (upgraded) => {
    const { request, socket } = upgraded;
    const leaving = new AbortController();
    const closed = new Promise<void>((resolve) => {
      socket.once("close", () => {
        leaving.abort();
        resolve();
      });
    });
    socket.on("error", () => undefined);
    const visit = async (): Promise<Visit> => ({ ...visitOf(request, leaving.signal, closed, caller), body: null });
    visit()
      .then((one) => open(upgraded, one))
      .catch((thrown: unknown) => {
        const error = toHomeError(thrown);
        if (error.code === "internal") log.write("error", "upgrade-failed", { cause: String(error.cause) });
        refuse(socket, error, hstsSeconds);
      });
  };
}

/** Anything else that asks to switch, such as h2c, would be a way past the judging of requests. */
function assertWebSocket({ method, headers }: Visit): void {
  const isAsked =
    method === "GET" &&
    headers.get("upgrade")?.toLowerCase() === "websocket" &&
    headers.get("sec-websocket-version") === "13" &&
    /^[A-Za-z0-9+/]{22}==$/.test(headers.get("sec-websocket-key") ?? "") &&
    !headers.has("content-length") &&
    !headers.has("transfer-encoding");
  if (!isAsked) throw new HomeError("command-invalid", "only a WebSocket of version 13 may be asked for here");
}

/** RFC 9457, over a connection that is still HTTP/1.1. */
function refuse(socket: Duplex, error: HomeError, hstsSeconds: number): void {
  const status = httpStatusOf[error.code];
  const body = JSON.stringify({ ...error.toBody(), status, title: error.code });
  const head = [
    `HTTP/1.1 ${status} ${error.code}`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    "x-content-type-options: nosniff",
    ...(hstsSeconds > 0 ? [`strict-transport-security: max-age=${hstsSeconds}`] : []),
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
