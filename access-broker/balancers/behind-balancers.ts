/** A door behind balancers that name the true source of each connection before it speaks (HAProxy, The PROXY protocol, §4): from there on, that is where it comes from. */

import type { Server, Socket } from "node:net";
import type { Server as TlsServer } from "node:tls";
import { readStart } from "../../gateway-core/bytes/read-start.ts";
import type { Clock, Log } from "../../gateway-core/contract/clock.ts";
import { toHomeError } from "../../gateway-core/contract/errors.ts";
import { decodeProxyHeader } from "./proxy-header.ts";

export interface BehindOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a balancer of ours has that address: nobody else's word counts. */
  readonly isBalancer: (address: string) => boolean;
}

/** Refusals that are told of one server: whoever repeats them fills nothing. */
const mostTold = 50;

/**
 * To be called when `server` is whole, and before it listens; `secured` makes TLS of its connections.
 * Who comes from no balancer says no header, and comes from where they come from.
 */
export function putBehindBalancers(
  server: Server,
  secured: TlsServer,
  { clock, log, isBalancer }: BehindOptions,
): void {
  const takers = server.listeners("connection");
  /** By the balancer's end of each connection, which is what TLS knows of it. */
  const sources = new Map<string, string>();
  let told = 0;

  const serve = (socket: Socket): void => {
    for (const take of takers) Reflect.apply(take, server, [socket]);
  };
  async function hearFirst(socket: Socket): Promise<void> {
    const header = await readStart(socket, clock, (octets) => decodeProxyHeader(octets)?.octets);
    const { source } = decodeProxyHeader(header) ?? {};
    const key = endOf(socket);
    if (source !== undefined) {
      sources.set(key, source);
      socket.once("close", () => sources.delete(key));
      name(socket, source);
    }
    if (!socket.destroyed) serve(socket);
  }
  const onSecure = (socket: Socket): void => {
    const source = sources.get(endOf(socket));
    if (source !== undefined) name(socket, source);
  };

  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    const balancer = socket.remoteAddress ?? "";
    if (!isBalancer(balancer)) return serve(socket);
    // Told by "close".
    socket.on("error", () => undefined);
    hearFirst(socket).catch((thrown: unknown) => {
      socket.destroy();
      if (told++ < mostTold) log.write("warn", "balancer-refused", { balancer, reason: toHomeError(thrown).message });
    });
  });
  secured.prependListener("secureConnection", onSecure);
  secured.prependListener("tlsClientError", (_, socket) => onSecure(socket));
}

const endOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** Whoever asks the connection where it comes from, Node's HTTP too, is told the source. */
function name(socket: Socket, source: string): void {
  Object.defineProperty(socket, "remoteAddress", { value: source, configurable: true });
}
