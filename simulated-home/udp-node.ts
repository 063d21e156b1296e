/** The sockets of one simulated node: UDP 3610 on its own address, and the ECHONET Lite multicast group (specification 1.13, part II, 1.1). */

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Octets } from "./wire/octets.ts";

const group = "224.0.23.0";

export interface UdpNode extends AsyncDisposable {
  /** Without an address: to the group. Always to the port of the protocol, as the specification has it. */
  send(octets: Octets, address?: string): void;
}

/** @throws HomeError `address-unusable`. */
export async function openUdpNode(
  address: string,
  port: number,
  receive: (octets: Uint8Array, address: string) => void,
): Promise<UdpNode> {
  const unicast = await bindOwn(address, port);
  try {
    const multicast = await bind(group, port, true);
    try {
      multicast.addMembership(group, address);
      unicast.setMulticastInterface(address);
      unicast.setMulticastLoopback(true);
      unicast.setMulticastTTL(1);
    } catch (cause) {
      multicast.close();
      throw unusable(address, port, cause);
    }
    for (const socket of [unicast, multicast]) {
      socket.on("message", (octets, from) => receive(octets, from.address));
      // A receiver that has gone answers with ICMP: no matter to a device.
      socket.on("error", () => undefined);
    }
    return {
      send: (octets, to = group) => unicast.send(octets, port, to, () => undefined),
      async [Symbol.asyncDispose]() {
        await Promise.all([unicast, multicast].map(closeSocket));
      },
    };
  } catch (thrown) {
    unicast.close();
    throw thrown;
  }
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
