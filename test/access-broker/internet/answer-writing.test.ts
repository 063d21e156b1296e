import { createServer, type IncomingMessage, request } from "node:http";
import { type ClientHttp2Stream, connect as connect2, constants, createServer as createServer2 } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createWebListener } from "../../../access-broker/internet/web-listener.ts";
import { gatherPieces } from "../../../gateway-core/bytes/gathered-pieces.ts";

/** Octets that tell where they stand. */
const octetsOf = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) % 251));

/** What comes together, time after time. */
function bodyOf(turns: readonly (readonly Uint8Array[])[]): ReadableStream<Uint8Array> {
  const left = [...turns];
  const pieces = gatherPieces({
    onWanted() {
      const turn = left.shift();
      if (turn === undefined) pieces.end();
      for (const piece of turn ?? []) pieces.push(piece);
    },
    onCancel: () => undefined,
  });
  return pieces.stream;
}

/** Cut anew in pieces of one length, all in one turn. */
const cutBy = (whole: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(whole.length / length) }, (_, at) => whole.subarray(at * length, (at + 1) * length));

async function serve(body: () => ReadableStream<Uint8Array>, headers: Record<string, string> = {}): Promise<number> {
  const server = createServer(createWebListener(async () => new Response(body(), { headers })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Asks the listener by HTTP/2. */
async function askByHttp2(listener: ReturnType<typeof createWebListener>): Promise<ClientHttp2Stream> {
  const server = createServer2(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const session = connect2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  return session.request({ ":path": "/" });
}

async function bodyFrom(port: number): Promise<Buffer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    request({ host: "127.0.0.1", port, agent: false }, resolve).once("error", reject).end(),
  );
  return Buffer.concat(await answer.toArray());
}

/** All octets of an answer as they stand on the wire. */
async function wireOf(port: number, version: string): Promise<Buffer> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET / HTTP/${version}\r\nhost: h\r\nconnection: close\r\n\r\n`);
  return Buffer.concat(await socket.toArray());
}

describe("The body of an answer", () => {
  const turnsOf = (whole: Uint8Array): readonly (readonly Uint8Array[])[] => [
    cutBy(whole.subarray(0, 300_000), 16_375),
    [whole.subarray(300_000, 300_001)],
    cutBy(whole.subarray(300_001, 300_010), 2),
    // As large as what is written at once, one octet less and one more.
    cutBy(whole.subarray(300_010, 300_010 + 128 * 1024), 64 * 1024),
    [whole.subarray(431_082, 431_083), whole.subarray(431_083, 431_082 + 128 * 1024 - 1)],
    [whole.subarray(562_153, 562_154), whole.subarray(562_154)],
  ];
  const whole = octetsOf(700_000);

  it("arrives whole and in order however its pieces come together, in chunks", async () => {
    const port = await serve(() => bodyOf(turnsOf(whole)));
    expect((await bodyFrom(port)).equals(whole)).toBe(true);
  });

  it("is framed as one chunk for what came together, its size in hexadecimal digits", async () => {
    const port = await serve(() => bodyOf([[octetsOf(5), octetsOf(20), octetsOf(1)], [octetsOf(3)]]));
    const wire = (await wireOf(port, "1.1")).toString("latin1");
    const body = wire.slice(wire.indexOf("\r\n\r\n") + 4);
    const told = Buffer.concat([octetsOf(5), octetsOf(20), octetsOf(1)]).toString("latin1");
    expect(body).toBe(`1a\r\n${told}\r\n3\r\n${octetsOf(3).toString("latin1")}\r\n0\r\n\r\n`);
  });

  it("has no frame where its length is told, nor for HTTP/1.0", async () => {
    const told = await serve(() => bodyOf(turnsOf(whole)), { "content-length": String(whole.length) });
    expect((await bodyFrom(told)).equals(whole)).toBe(true);
    for (const [port, version] of [
      [told, "1.1"],
      [await serve(() => bodyOf(turnsOf(whole))), "1.0"],
    ] as const) {
      const wire = await wireOf(port, version);
      expect(wire.subarray(wire.indexOf("\r\n\r\n") + 4).equals(whole)).toBe(true);
    }
  });

  it("leaves the connection good for the next request", async () => {
    const port = await serve(() => bodyOf(turnsOf(whole)));
    const socket = connect(port, "127.0.0.1");
    const ask = "GET / HTTP/1.1\r\nhost: h\r\n";
    // Both at once: the second answer waits until the first has gone.
    socket.write(`${ask}\r\n${ask}connection: close\r\n\r\n`);
    const wire = Buffer.concat(await socket.toArray()).toString("latin1");
    expect(wire.split("HTTP/1.1 200 OK").length).toBe(3);
    expect(wire.split("\r\n0\r\n\r\n").length).toBe(3);
  });

  it("arrives whole by HTTP/2", async () => {
    let wasLeft: boolean | undefined;
    const listener = createWebListener(async ({ signal, closed }) => {
      void closed.then(() => {
        wasLeft = signal.aborted;
      });
      return new Response(bodyOf(turnsOf(whole)));
    });
    const stream = await askByHttp2(listener);
    expect(Buffer.concat(await stream.toArray()).equals(whole)).toBe(true);
    await expect.poll(() => wasLeft).toBe(false);
  });

  it("is given up when a viewer leaves who came by HTTP/2, whether or not anything is under way to them", async () => {
    let cancelled = 0;
    let isWhole: boolean | undefined;
    const listener = createWebListener(async ({ signal, closed }) => {
      void closed.then(() => {
        isWhole = !signal.aborted;
      });
      const pieces = gatherPieces({ onWanted: () => undefined, onCancel: () => cancelled++ });
      pieces.push(octetsOf(10));
      return new Response(pieces.stream);
    });
    const stream = await askByHttp2(listener);
    stream.on("error", () => undefined);
    await new Promise((resolve) => stream.once("data", resolve));
    stream.close(constants.NGHTTP2_CANCEL);
    await expect.poll(() => cancelled).toBe(1);
    expect(isWhole).toBe(false);
  });

  it("waits in bounds for a viewer who does not read, and is given up when they leave", async () => {
    let [pushed, cancelled] = [0, 0];
    const piece = octetsOf(60_000);
    const endless = (): ReadableStream<Uint8Array> => {
      const pieces = gatherPieces({
        onWanted() {
          pushed += 3 * piece.length;
          for (let count = 0; count < 3; count++) pieces.push(piece);
        },
        onCancel: () => cancelled++,
      });
      return pieces.stream;
    };
    const port = await serve(endless);
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write("GET / HTTP/1.1\r\nhost: h\r\n\r\n");
    await new Promise((resolve) => socket.once("readable", resolve));
    let before = -1;
    const isStill = (): boolean => {
      const was = before;
      before = pushed;
      return was === before;
    };
    await expect.poll(isStill, { interval: 300 }).toBe(true);
    // What the system keeps for a connection of loopback, and no more of ours than was asked for once.
    expect(pushed).toBeLessThan(16_000_000);
    socket.destroy();
    await expect.poll(() => cancelled).toBe(1);
  });
});
