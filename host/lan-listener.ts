/**
 * Listens to a multicast group and, as far as nobody else has the port, to what is sent to this machine alone. For
 * looking at a LAN beside a gateway that runs: it knows sockets, and no format.
 */

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

export interface LanListenerOptions {
  /** IPv4 addresses of this machine, one for each interface to listen on. */
  readonly addresses: readonly string[];
  readonly group: string;
  readonly port: number;
  readonly onDatagram: (octets: Uint8Array, from: string) => void;
}

export interface LanListener extends AsyncDisposable {
  /** Addresses whose port cannot be had, with the system's word for why (`EADDRINUSE` …): what is sent to them alone is not heard. */
  readonly taken: ReadonlyMap<string, string>;
  /** Addresses on which the group cannot be joined, with the system's word for why. */
  readonly unjoined: ReadonlyMap<string, string>;
  /** To the group, on every interface; from the port where it could be had, else from any. */
  multicast(octets: Uint8Array): void;
}

/** Never throws for what the network refuses: that is what a caller wants to know. */
export async function listenToLan({ addresses, group, port, onDatagram }: LanListenerOptions): Promise<LanListener> {
  const taken = new Map<string, string>();
  const unjoined = new Map<string, string>();
  const senders = new Map<string, Socket>();
  const own = new Set(addresses);

  const hear = (socket: Socket): void => {
    socket.on("message", (message, { address }) => own.has(address) || onDatagram(new Uint8Array(message), address));
    socket.on("error", () => undefined);
  };

  for (const address of addresses) {
    let socket = await bind(address, port, false);
    if (typeof socket === "string") {
      taken.set(address, socket);
      socket = await bind(address, 0, false);
    }
    if (typeof socket === "string") continue;
    hear(socket);
    attempt(() => (socket as Socket).setMulticastInterface(address));
    senders.set(address, socket);
  }
  const shared = await bind(group, port, true);
  if (typeof shared === "string") for (const address of addresses) unjoined.set(address, shared);
  else {
    hear(shared);
    for (const address of addresses) {
      const reason = attempt(() => shared.addMembership(group, address));
      // A second address of one interface finds its group joined already.
      if (reason !== undefined && reason !== "EADDRINUSE") unjoined.set(address, reason);
    }
  }

  return {
    taken,
    unjoined,
    multicast(octets) {
      for (const socket of senders.values()) socket.send(octets, port, group, () => undefined);
    },
    async [Symbol.asyncDispose]() {
      const sockets = [...senders.values(), ...(typeof shared === "string" ? [] : [shared])];
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
    },
  };
}

/** The bound socket, or why there is none. */
async function bind(address: string, port: number, isShared: boolean): Promise<Socket | string> {
  const socket = createSocket({ type: "udp4", reuseAddr: isShared });
  try {
    const listening = once(socket, "listening");
    socket.bind({ address, port, exclusive: true });
    await listening;
    return socket;
  } catch (cause) {
    socket.close();
    return reasonOf(cause);
  }
}

/** Why the action failed; undefined when it did not. */
function attempt(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (cause) {
    return reasonOf(cause);
  }
}

const reasonOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
