/** A web server of a test's own on loopback, whose open connections can be counted. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";

export interface OpenServer extends AsyncDisposable {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  /** How many have come in all. */
  readonly count: number;
}

export async function webServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<OpenServer> {
  return opened(createServer(answer), port);
}

/** Whatever comes by TCP is given to the test. */
export async function tcpServer(take: (socket: Socket) => void): Promise<OpenServer> {
  return opened(
    createTcpServer((socket) => {
      // Whoever does not read does not see that the other has left.
      socket.resume();
      take(socket);
    }),
  );
}

async function opened(server: ReturnType<typeof createTcpServer>, wished = 0): Promise<OpenServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  server.on("connection", (socket: Socket) => {
    count++;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(wished, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, sockets },
    get count() {
      return count;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
