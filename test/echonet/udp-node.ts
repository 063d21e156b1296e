/** Puts a fake node on real sockets of one loopback address, by the recipe for several nodes on one machine. */

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { decodeFrame } from "../../gateway-core/echonet/frame.ts";
import type { FakeNode } from "../fakes/fake-echonet-node.ts";

const port = 3610;
const group = "224.0.23.0";

/** Answers go to whoever asked; announcements to all. Returns how to unplug it. */
export async function plugIntoUdp(node: FakeNode): Promise<() => void> {
  const own = await bind(node.address, false);
  own.setMulticastInterface(node.address);
  own.setMulticastLoopback(true);
  const shared = await bind(group, true);
  shared.addMembership(group, node.address);
  let to = group;
  node.onSend = (octets) => void own.send(octets, port, to);
  for (const socket of [own, shared]) {
    socket.on("message", (message, { address }) => {
      if (address === node.address) return;
      to = address;
      node.receive(decodeFrame(new Uint8Array(message)));
      to = group;
    });
  }
  return () => {
    node.onSend = () => undefined;
    own.close();
    shared.close();
  };
}

async function bind(address: string, reuseAddr: boolean): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr });
  socket.bind(port, address);
  await once(socket, "listening");
  return socket;
}
