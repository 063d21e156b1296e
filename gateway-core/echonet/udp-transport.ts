/** The wire over UDP port 3610 and IPv4 multicast group 224.0.23.0 (ECHONET Lite specification, part II, 2.2). The only file of this room that opens sockets. */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import type { Log } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { addressTowards, chooseAddresses } from "./network-interfaces.ts";
import type { Datagram, Transport } from "./transport.ts";
import { createWarnOnce } from "./warn-once.ts";

const port = 3610;
const group = "224.0.23.0";

/** How a transport is opened: on these interfaces (network-interfaces.ts), logging to this log. */
export type OpenTransport = (interfaces: readonly string[], log: Log) => Promise<Transport>;

/**
 * One socket for each local address, which sends and takes what is sent to it, and one that takes the multicasts of all:
 * a socket of an address alone would not hear them, and one of every address would take what others on this host wait for.
 * @throws HomeError `address-unusable`.
 */
export const openUdpTransport: OpenTransport = async (interfaces, log) => {
  const locals = chooseAddresses(interfaces, networkInterfaces());
  const ownAddresses = new Set(locals.map(({ address }) => address));
  const listeners = new Set<(datagram: Datagram) => void>();
  const warnOnce = createWarnOnce(log);
  const open = new Map<string, Socket>();

  /** A failing network fails with every frame. */
  const complain = (socket: string, error: Error): void => {
    const reason = codeOf(error);
    warnOnce("udp-failed", `${socket} ${reason}`, { socket, reason });
  };

  const onMessage = (message: Buffer, { address }: RemoteInfo): void => {
    if (ownAddresses.has(address)) return;
    const octets = new Uint8Array(message.buffer, message.byteOffset, message.length);
    for (const listener of listeners) listener({ from: address, octets });
  };

  async function bind(address: string, isShared: boolean): Promise<Socket> {
    const socket = createSocket({ type: "udp4", reuseAddr: isShared });
    open.set(address, socket);
    try {
      // Rejects with the first error; without a listener, a taken port would go unnoticed.
      const bound = once(socket, "listening");
      socket.bind({ port, address, exclusive: true });
      await bound;
    } catch (cause) {
      throw unusable(address, cause);
    }
    socket.on("error", (error) => complain(address, error)).on("message", onMessage);
    return socket;
  }

  const close = async (): Promise<void> => {
    const closing = [...open.values()];
    open.clear();
    await Promise.all(closing.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  };

  try {
    for (const { address } of locals) {
      const socket = await bind(address, false);
      configure(address, () => {
        socket.setMulticastInterface(address);
        socket.setMulticastLoopback(true);
      });
    }
    const hearing = await bind(group, true);
    for (const { address } of locals) configure(address, () => join(hearing, address));
  } catch (thrown) {
    await close();
    throw thrown;
  }

  const sendFrom = (address: string, octets: Uint8Array, to: string): void => {
    open.get(address)?.send(octets, port, to, (error) => error && complain(address, error));
  };
  return {
    send(octets, to) {
      const local = addressTowards(to, locals);
      if (local !== undefined) sendFrom(local.address, octets, to);
    },
    multicast(octets) {
      for (const { address } of locals) sendFrom(address, octets, group);
    },
    onDatagram(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.asyncDispose]: close,
  };
};

function configure(address: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw unusable(address, cause);
  }
}

/** A second address of one interface finds its group joined already. */
function join(socket: Socket, address: string): void {
  try {
    socket.addMembership(group, address);
  } catch (cause) {
    if (codeOf(cause) !== "EADDRINUSE") throw cause;
  }
}

function unusable(address: string, cause: unknown): HomeError {
  const reason = codeOf(cause);
  return new HomeError(
    "address-unusable",
    `UDP ${address}:${port} cannot be used: ${reason}`,
    { address, port, reason },
    cause,
  );
}

/** Node's word for what the system said, such as EADDRINUSE. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
