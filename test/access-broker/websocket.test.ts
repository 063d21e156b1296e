import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import type { SocketHandler } from "../../gateway-core/contract/web.ts";
import { bareHost, number, openRig, type Rig } from "./rig.ts";

/** A gateway that hands WebSockets on to a device's own server, as it would for the pages that a device serves. */
const handOnTo =
  (port: number, asked: { viewer: string; url: string; headers: string[] }[]): SocketHandler =>
  async (request, viewer) => {
    asked.push({ viewer: viewer.name, url: request.url, headers: [...request.headers.keys()] });
    const device = connect(port, "127.0.0.1");
    const key = randomBytes(16).toString("base64");
    const lines = [
      "GET / HTTP/1.1",
      "Host: device",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
    ];
    device.write(`${lines.join("\r\n")}\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: echo\r\n\r\n`);
    let head = Buffer.alloc(0);
    while (!head.includes("\r\n\r\n")) head = Buffer.concat([head, ...((await once(device, "data")) as Buffer[])]);
    const rest = head.subarray(head.indexOf("\r\n\r\n") + 4);
    device.on("error", () => undefined);
    return {
      protocol: "echo",
      async serve({ octets, send, end }) {
        if (rest.length > 0) device.unshift(rest);
        const back = async (): Promise<void> => {
          for await (const chunk of device) await send(chunk);
          end();
        };
        const forth = async (): Promise<void> => {
          for await (const chunk of octets) if (!device.write(chunk)) await once(device, "drain");
          device.end();
        };
        await Promise.all([back(), forth()]).catch(() => undefined);
        device.destroy();
      },
    };
  };

describe("A WebSocket of a home", () => {
  const path = "/devices/panel-1/pages/live";
  const asked: { viewer: string; url: string; headers: string[] }[] = [];
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "echo" });
  let rig: Rig;
  let cookie: string;
  beforeAll(async () => {
    rig = await openRig();
    server.on("connection", (socket) => {
      socket.on("message", (data, isBinary) => {
        if (data.toString() === "close") socket.close(4001, "as asked");
        else if (data.toString() === "flood") for (let n = 0; n < 64; n++) socket.send(Buffer.alloc(512 * 1024));
        else socket.send(data, { binary: isBinary });
      });
    });
    await rig.join(
      async () => new Response("page"),
      number,
      undefined,
      handOnTo((server.address() as AddressInfo).port, asked),
    );
  });
  afterAll(async () => {
    server.close();
    await rig?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    cookie = await rig.logIn();
  });

  const origin = () => `https://${rig.authority()}`;
  const dial = (options: { headers?: Record<string, string>; path?: string; protocols?: string[] } = {}) => {
    const { path: at = path, protocols = [], headers = { cookie, origin: origin() } } = options;
    const name = `${number}.${bareHost}`;
    const socket = new WebSocket(`wss://${rig.authority()}${at}`, protocols, {
      headers,
      perMessageDeflate: true,
      createConnection: () =>
        connectTls({ host: "127.0.0.1", port: rig.port, servername: name, ca: rig.ca, ALPNProtocols: ["http/1.1"] }),
    });
    socket.on("error", () => undefined);
    return socket;
  };
  const refusedWith = async (options: Parameters<typeof dial>[0]): Promise<number> => {
    const [, response] = await once(dial(options), "unexpected-response");
    return response.statusCode;
  };
  const said = async (socket: WebSocket): Promise<string> => String((await once(socket, "message"))[0]);
  const closing = async (socket: WebSocket): Promise<number> => Number((await once(socket, "close"))[0]);

  it("carries messages of all sizes both ways, and who asks, to a real server in the home", async () => {
    const socket = dial({
      protocols: ["other", "echo"],
      headers: { cookie: `a=1; ${cookie}`, origin: origin(), "genkan-viewer": "admin" },
    });
    await once(socket, "open");
    expect([socket.protocol, socket.extensions]).toEqual(["echo", ""]);
    for (const text of ["hello", "x".repeat(200), "y".repeat(70_000), "こんにちは".repeat(50_000)]) {
      socket.send(text);
      expect((await said(socket)) === text).toBe(true);
    }
    expect(asked.at(-1)).toMatchObject({ viewer: "hanako", url: `${origin()}${path}` });
    expect(asked.at(-1)?.headers).not.toEqual(expect.arrayContaining(["sec-websocket-key"]));
    socket.ping();
    await once(socket, "pong");
    socket.close(1000);
    expect(await closing(socket)).toBe(1000);
  });

  it("is closed by the home with its own reason", async () => {
    const socket = dial();
    await once(socket, "open");
    socket.send("close");
    expect(await closing(socket)).toBe(4001);
  });

  it("ends in the home when the viewer is gone", async () => {
    const socket = dial();
    await once(socket, "open");
    expect(server.clients.size).toBeGreaterThan(0);
    socket.terminate();
    await expect.poll(() => server.clients.size).toBe(0);
  });

  it("ends with the session that it was opened by", async () => {
    const socket = dial();
    await once(socket, "open");
    const closed = closing(socket);
    await rig.ask("/logout", { method: "POST", headers: { cookie } });
    expect(await closed).toBe(1008);
    await expect.poll(() => server.clients.size).toBe(0);
  });

  it("holds the home back while the viewer does not read", async () => {
    const socket = dial();
    await once(socket, "open");
    socket.pause();
    socket.send("flood");
    const buffered = () => [...server.clients].reduce((sum, client) => sum + client.bufferedAmount, 0);
    await expect.poll(buffered).toBeGreaterThan(0);
    // Nothing drains any more: what is on its way between the two stays bounded.
    await expect
      .poll(async () => {
        const before = buffered();
        await new Promise((resolve) => setTimeout(resolve, 200));
        return buffered() === before && before > 8 * 1024 * 1024;
      })
      .toBe(true);
    socket.terminate();
  });

  it("is cut when a frame is longer than it may be, and nothing of it reaches the home", async () => {
    const socket = dial();
    await once(socket, "open");
    socket.send(Buffer.alloc(1024 * 1024 + 1));
    expect(await closing(socket)).toBe(1009);
  });

  it("opens nowhere without a rule of the first firewall, from no foreign page, and for nobody without a session", async () => {
    const before = asked.length;
    const own = { cookie, origin: origin() };
    const tries: [number, Parameters<typeof dial>[0]][] = [
      [404, { headers: own, path: "/api/events" }],
      [404, { headers: own, path: "/devices/panel-1" }],
      [404, { headers: own, path: "/devices/panel-1/pages/../../../api/home" }],
      [404, { headers: own, path: "/devices/panel-1/pages//live" }],
      [401, { headers: { origin: origin() } }],
      [403, { headers: { cookie } }],
      [403, { headers: { cookie, origin: `https://090-0000-0000.${bareHost}:${rig.port}` } }],
      [403, { headers: { cookie, origin: "null" } }],
      [403, { headers: { ...own, "sec-fetch-site": "same-site" } }],
    ];
    for (const [status, options] of tries) expect(await refusedWith(options), JSON.stringify(options)).toBe(status);
    expect(asked.length).toBe(before);
  });

  it("may be open only so many times for one session", async () => {
    const sockets = Array.from({ length: 8 }, () => dial());
    await Promise.all(sockets.map((socket) => once(socket, "open")));
    expect(await refusedWith({})).toBe(429);
    sockets[0]?.terminate();
    await expect.poll(() => server.clients.size).toBe(7);
    const another = dial();
    await once(another, "open");
    for (const socket of [...sockets, another]) socket.terminate();
  });
});
