/** UDP sockets on port 3610 and its groups, 224.0.23.0 and ff02::1 (ECHONET Lite specification, part II, 2.2). The only file of this room that opens sockets. */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { HomeError } from "../contract/errors.ts";
import type { LocalAddress } from "./network-interfaces.ts";

export const echonetPort = 3610;
/** The group of IPv4. */
export const echonetGroup = "224.0.23.0";
const group = { ipv4: echonetGroup, ipv6: "ff02::1" };
/** Every node of a home answers a multicast at once; the system may grant less. */
const receiveBufferOctets = 2 ** 20;

/** What sockets tell: datagrams, and failures by the system's own word, such as EADDRINUSE. */
export interface UdpEars {
  heard(from: string, octets: Uint8Array): void;
  failed(socket: string, reason: string): void;
}

/** What is open for one local address. */
export interface UdpLink {
  readonly local: LocalAddress;
  send(octets: Uint8Array, to: string): void;
  multicast(octets: Uint8Array): void;
  close(): Promise<void>;
}

/**
 * A socket of the address, which sends and takes what is sent to it; for IPv6, one more that takes what is multicast on
 * its link.
 * @throws HomeError `address-unusable`.
 */
export async function openUdpLink(local: LocalAddress, ears: UdpEars): Promise<UdpLink> {
  const { family, address, zone } = local;
  const own = await open({ family, address, zone, isShared: false }, ears);
  const sockets = [own];
  const to = family === "ipv4" ? group.ipv4 : `${group.ipv6}%${zone}`;
  const send = (octets: Uint8Array, node: string): void =>
    own.send(octets, echonetPort, node, (error) => error && ears.failed(address, codeOf(error)));
  try {
    own.setMulticastInterface(family === "ipv4" ? address : `::%${zone}`);
    own.setMulticastLoopback(true);
    if (family === "ipv6") sockets.push(await open({ family, address: to, zone, isShared: true }, ears));
  } catch (cause) {
    await closeAll(sockets);
    throw unusable(address, cause);
  }
  return { local, send, multicast: (octets) => send(octets, to), close: () => closeAll(sockets) };
}

/** Takes what is multicast by IPv4, on every interface that was joined. */
export interface UdpGroup {
  join(address: string): void;
  close(): Promise<void>;
}

/**
 * One for all: each socket of the group hears all of its interfaces, and one of every address would take what other
 * programs of this host wait for.
 * @throws HomeError `address-unusable`.
 */
export async function openUdpGroup(ears: UdpEars): Promise<UdpGroup> {
  const socket = await open({ family: "ipv4", address: group.ipv4, zone: "", isShared: true }, ears);
  return {
    join(address) {
      try {
        socket.addMembership(group.ipv4, address);
      } catch (cause) {
        // A second address of one interface, or one that was gone for a while, finds its group joined already.
        if (codeOf(cause) !== "EADDRINUSE") throw unusable(address, cause);
      }
    },
    close: () => closeAll([socket]),
  };
}

interface Binding extends Pick<LocalAddress, "family" | "address" | "zone"> {
  readonly isShared: boolean;
}

async function open({ family, address, zone, isShared }: Binding, ears: UdpEars): Promise<Socket> {
  const options = { reuseAddr: isShared, recvBufferSize: receiveBufferOctets };
  const socket = createSocket(
    family === "ipv4" ? { type: "udp4", ...options } : { type: "udp6", ipv6Only: true, ...options },
  );
  try {
    // Rejects with the first error; without a listener, a taken port would go unnoticed.
    const bound = once(socket, "listening");
    socket.bind({ port: echonetPort, address, exclusive: true });
    await bound;
  } catch (cause) {
    await closeAll([socket]);
    throw unusable(address, cause);
  }
  const onMessage = (message: Buffer, { address: from }: RemoteInfo): void => {
    // An IPv6 address leads back by its zone, which the system tells of link-local ones only.
    const isBare = family === "ipv6" && !from.includes("%");
    ears.heard(isBare ? `${from}%${zone}` : from, new Uint8Array(message.buffer, message.byteOffset, message.length));
  };
  return socket.on("message", onMessage).on("error", (error) => ears.failed(address, codeOf(error)));
}

async function closeAll(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
}

function unusable(address: string, cause: unknown): HomeError {
  if (cause instanceof HomeError) return cause;
  const reason = codeOf(cause);
  const message = `UDP ${address} port ${echonetPort} cannot be used: ${reason}`;
  return new HomeError("address-unusable", message, { address, port: echonetPort, reason }, cause);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
