import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, it } from "vitest";
import { listenOn } from "../../gateway-core/bytes/listening.ts";
import { until } from "../until.ts";

const loopback = { host: "127.0.0.1", port: 0 };

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

it("A listener counts what is open and what has passed, also of what is over", async () => {
  const server = createServer((socket) => socket.on("data", () => socket.end("answer")));
  await using listening = await listenOn(server, loopback, () => undefined);
  const socket = await dial(listening.port);
  await until(() => expect(listening.traffic()).toMatchObject({ open: 1, connections: 1 }));
  socket.end("ask");
  await once(socket.resume(), "close");
  await until(() => expect(listening.traffic()).toEqual({ open: 0, connections: 1, received: 3, sent: 6 }));
});

it("A listener that stops takes nobody in, keeps who is there, and at its end lets go of them", async () => {
  const server = createServer((socket) =>
    socket.on("data", (octets) => socket.write(octets)).on("error", () => undefined),
  );
  const listening = await listenOn(server, loopback, () => undefined);
  const socket = await dial(listening.port);
  listening.stop();
  expect(listening.isListening).toBe(false);
  await expect(dial(listening.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  socket.write("still");
  expect(String((await once(socket, "data"))[0])).toBe("still");
  const closed = once(socket, "close");
  await listening[Symbol.asyncDispose]();
  await closed;
  await listening[Symbol.asyncDispose]();
});

it("A port that is taken is told as Node tells it", async () => {
  await using first = await listenOn(createServer(), loopback, () => undefined);
  const again = listenOn(createServer(), { ...loopback, port: first.port }, () => undefined);
  await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
});

it.each([
  ["a path, as a socket file has", "/run/genkan.sock"],
  ["no address, having ended already", null],
])("A listener with %s has no port", async (_what, address) => {
  const server = {
    listening: true,
    on: () => undefined,
    once: () => undefined,
    off: () => undefined,
    listen: (_where: object, listening: () => void) => listening(),
    address: () => address,
    close: (closed: () => void) => closed(),
  };
  await using listening = await listenOn(server, loopback, () => undefined);
  expect([listening.port, listening.isListening]).toEqual([0, true]);
});
