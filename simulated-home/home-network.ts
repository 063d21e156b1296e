/**
 * The sockets of all simulated nodes of one process (ECHONET Lite specification 1.13, part II, 1.1): each node has UDP
 * 3610 on its own address; one more socket hears the multicast group for all of them. Nodes of one home ask each other
 * nothing, so what one of them tells everybody is not handed to the others.
 */

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Way } from "./simulated-node.ts";
import type { Octets } from "./wire/octets.ts";

const group = "224.0.23.0";

export type Receive = (octets: Uint8Array, from: string, isMulticast: boolean) => void;

export interface Plug extends AsyncDisposable {
  readonly address: string;
  /** Without an address: to the group. Always to the port of the protocol, as the specification has it. */
  send(octets: Octets, to?: string, way?: Way): void;
}

export interface HomeNetwork extends AsyncDisposable {
  /** @throws HomeError `address-unusable`. */
  plug(address: string, receive: Receive): Promise<Plug>;
}

/** @throws HomeError `address-unusable`. */
export async function openHomeNetwork(port: number): Promise<HomeNetwork> {
  const receivers = new Map<string, Receive>();
  const ear = listen(await bind(group, port, true), (octets, from) => {
    if (receivers.has(from)) return;
    for (const receive of receivers.values()) receive(octets, from, true);
  });

  return {
    async plug(address, receive) {
      const own = await bindOwn(address, port);
      try {
        join(ear, address);
        speakToGroup(own, address);
      } catch (cause) {
        own.close();
        throw unusable(address, port, cause);
      }
      listen(own, (octets, from) => {
        if (!receivers.has(from)) receive(octets, from, false);
      });
      receivers.set(address, receive);
      let other: Promise<Socket> | undefined;
      return {
        address,
        send(octets, to = group, { isFromOtherPort = false } = {}) {
          if (!receivers.has(address)) return;
          if (!isFromOtherPort) return own.send(octets, port, to, () => undefined);
          other ??= bind(address, 0, false).then((socket) => listen(speakToGroup(socket, address), () => undefined));
          // A plug that was pulled meanwhile sends no more.
          other.then(
            (socket) => receivers.has(address) && socket.send(octets, port, to, () => undefined),
            () => undefined,
          );
        },
        async [Symbol.asyncDispose]() {
          receivers.delete(address);
          const another = await other?.catch(() => undefined);
          await Promise.all([own, ...(another === undefined ? [] : [another])].map(closeSocket));
        },
      };
    },
    [Symbol.asyncDispose]: () => closeSocket(ear),
  };
}

/** Addresses of one interface share a membership, and being in the group already is no failure. */
function join(ear: Socket, address: string): void {
  try {
    ear.addMembership(group, address);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EADDRINUSE")) throw thrown;
  }
}

function speakToGroup(socket: Socket, address: string): Socket {
  socket.setMulticastInterface(address);
  socket.setMulticastLoopback(true);
  socket.setMulticastTTL(1);
  return socket;
}

function listen(socket: Socket, receive: (octets: Uint8Array, from: string) => void): Socket {
  socket.on("message", (octets, from) => receive(octets, from.address));
  // A receiver that has gone answers with ICMP: no matter to a device.
  socket.on("error", () => undefined);
  return socket;
}

/**
 * The address for this node alone; a program on 0.0.0.0 that shares the port does not hinder. Sharing is the second
 * choice, for of two sockets that share an address only the last one hears what is sent to it.
 */
async function bindOwn(address: string, port: number): Promise<Socket> {
  try {
    return await bind(address, port, false);
  } catch {
    return await bind(address, port, true);
  }
}

async function bind(address: string, port: number, isShared: boolean): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr: isShared });
  try {
    socket.bind({ address, port, exclusive: true });
    await once(socket, "listening");
    return socket;
  } catch (cause) {
    socket.close();
    throw unusable(address, port, cause);
  }
}

async function closeSocket(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.close();
  await closed;
}

function unusable(address: string, port: number, cause: unknown): HomeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HomeError(
    "address-unusable",
    `no ECHONET Lite node can be at ${address}:${port}: ${why}`,
    { address, port },
    cause,
  );
}
