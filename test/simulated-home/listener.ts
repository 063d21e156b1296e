/** A controller on real sockets, for the tests of the simulated home. */

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { expect } from "vitest";

const group = "224.0.23.0";

/** A controller at 127.0.77.1 that hears what is said to it and to all. */
export class Listener {
  readonly heard: string[] = [];
  readonly port: number;
  readonly #unicast: Socket;
  readonly #multicast: Socket;

  private constructor(unicast: Socket, multicast: Socket) {
    this.#unicast = unicast;
    this.#multicast = multicast;
    this.port = unicast.address().port;
    unicast.setMulticastInterface("127.0.77.1");
    multicast.addMembership(group, "127.0.77.1");
    unicast.on("message", (octets, from) =>
      this.heard.push(`${from.address}:${from.port} me ${octets.toString("hex")}`),
    );
    multicast.on("message", (octets, from) => {
      if (from.address !== "127.0.77.1") this.heard.push(`${from.address}:${from.port} all ${octets.toString("hex")}`);
    });
  }

  static async open(): Promise<Listener> {
    const unicast = await bound("127.0.77.1", 0);
    return new Listener(unicast, await bound(group, unicast.address().port, true));
  }

  /** Sends to an address, or to all, and waits for so many frames. */
  async ask(frame: string, count: number, address = group): Promise<string[]> {
    this.heard.length = 0;
    this.#unicast.send(Buffer.from(frame.replaceAll(" ", ""), "hex"), this.port, address);
    return this.hear(count);
  }

  async hear(count: number): Promise<string[]> {
    await expect.poll(() => this.heard.length, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(count);
    return [...this.heard].sort();
  }

  close(): void {
    this.#unicast.close();
    this.#multicast.close();
  }
}

export async function bound(address: string, port: number, reuseAddr = false): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr });
  socket.bind(port, address);
  await once(socket, "listening");
  return socket;
}
