import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, it } from "vitest";
import { listenOn } from "../../gateway-core/bytes/listening.ts";
import { onceSpoken } from "../../gateway-core/bytes/once-spoken.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { until } from "../until.ts";

async function openDoor() {
  const clock = new FakeClock();
  const [served, silent]: [Socket[], Socket[]] = [[], []];
  const server = createServer((socket) =>
    onceSpoken(socket, {
      ...{ clock, patienceMs: 5_000 },
      serve: (one) => served.push(one),
      onSilent: (one) => silent.push(one),
    }),
  );
  const listening = await listenOn(server, { host: "127.0.0.1", port: 0 }, () => undefined);
  const socket = connect(listening.port, "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  await until(() => expect(listening.traffic().open).toBe(1));
  return { clock, served, silent, socket, listening, [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose]() };
}

it("A connection is served once it has spoken, and what it said is still to be read", async () => {
  await using door = await openDoor();
  expect(door.served).toEqual([]);
  door.socket.write("hello");
  await until(() => expect(door.served).toHaveLength(1));
  expect(String(door.served[0]?.read())).toBe("hello");
  await door.clock.advance(60_000);
  expect(door.silent).toEqual([]);
  expect(door.served[0]?.destroyed).toBe(false);
});

it("Who says nothing for too long is let go, and never served", async () => {
  await using door = await openDoor();
  const closed = once(door.socket.resume(), "close");
  await door.clock.advance(5_000);
  await closed;
  expect(door.silent).toHaveLength(1);
  expect(door.served).toEqual([]);
});

it.each([
  ["hangs up", (socket: Socket) => socket.end()],
  ["breaks off", (socket: Socket) => socket.resetAndDestroy()],
])("Who %s without a word is told of once, and waited for no longer", async (_what, leave) => {
  await using door = await openDoor();
  leave(door.socket);
  await until(() => expect(door.silent).toHaveLength(1));
  await until(() => expect(door.listening.traffic().open).toBe(0));
  expect(door.clock.pending).toBe(0);
  expect(door.silent).toHaveLength(1);
  expect(door.served).toEqual([]);
});
