import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHttpsServer } from "../../../access-broker/internet/https-server.ts";
import { createUpgradeDesk, type SocketVisit } from "../../../access-broker/internet/upgrade-desk.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";
import { FakeLog } from "../../fakes/fake-host.ts";
import { connectTls, contextFor, host, number } from "./tls-names.ts";

describe("A request to switch protocols", () => {
  const name = `${number}.${host}`;
  const taken: SocketVisit[] = [];
  const log = new FakeLog();
  let port = 0;
  const opened = new AsyncDisposableStack();
  beforeAll(async () => {
    const upgrade = createUpgradeDesk({
      host,
      log,
      routes: [
        {
          takes: (path) => path === "/mqtt",
          async open(visit) {
            if (visit.visit.headers.get("cookie") === null) throw new HomeError("session-required", "log in first");
            if (visit.visit.query.has("broken")) throw new Error("a secret of ours");
            taken.push(visit);
            visit.socket.write(`HTTP/1.1 101 Switching Protocols\r\n\r\n${visit.head.toString("latin1")}`);
            visit.socket.pipe(visit.socket);
          },
        },
      ],
    });
    const answer = async (): Promise<Response> => new Response("an ordinary answer");
    const server = opened.use(await openHttpsServer("127.0.0.1", 0, { log, contextFor, answer, upgrade }));
    port = server.port;
  });
  afterAll(() => opened.disposeAsync());

  const asked = {
    Host: () => `${name}:${port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    Cookie: "a=1",
  };
  async function ask(changed: Readonly<Record<string, string | undefined>> = {}, path = "/mqtt", more = "") {
    const socket = await connectTls(port, name);
    const fields = Object.entries({ ...asked, Host: asked.Host(), ...changed }).filter(
      ([, value]) => value !== undefined,
    );
    socket.write(`GET ${path} HTTP/1.1\r\n${fields.map(([key, value]) => `${key}: ${value}\r\n`).join("")}\r\n${more}`);
    const [first] = (await once(socket, "data")) as [Buffer];
    return { socket, status: first.toString("latin1").split(" ")[1], text: first.toString("latin1") };
  }
  const ended = (socket: TLSSocket) => new Promise<void>((resolve) => socket.resume().once("close", () => resolve()));

  it("goes to who takes its path, with what was sent after it, and the connection is theirs then", async () => {
    const origin = `https://${name}:${port}`;
    const { socket, text } = await ask({ Origin: origin }, "/mqtt", "early");
    expect(text).toMatch(/^HTTP\/1\.1 101 /);
    expect(taken.at(-1)).toMatchObject({ number, origin, visit: { path: "/mqtt", source: "127.0.0.1" } });
    socket.write("later");
    const [echo] = (await once(socket, "data")) as [Buffer];
    expect(text.split("\r\n\r\n")[1] + echo.toString()).toBe("earlylater");
    const { visit } = taken.at(-1) ?? {};
    socket.destroy();
    await visit?.closed;
    expect(visit?.signal.aborted).toBe(true);
  });

  it.each([
    ["to a path that nobody takes", {}, "/other", "404"],
    ["for another protocol", { Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__" }, "/mqtt", "400"],
    ["for an old WebSocket", { "Sec-WebSocket-Version": "8" }, "/mqtt", "400"],
    ["without a key", { "Sec-WebSocket-Key": undefined }, "/mqtt", "400"],
    ["with a body", { "Content-Length": "5" }, "/mqtt", "400"],
    ["from another home's page", { Origin: "https://090-0000-0000.genkan.localhost" }, "/mqtt", "403"],
    ["from a page of the same site", { "Sec-Fetch-Site": "same-site" }, "/mqtt", "403"],
    ["for a name that is not its connection's", { Host: `090-0000-0000.${host}` }, "/mqtt", "421"],
    ["that its route refuses", { Cookie: undefined }, "/mqtt", "401"],
  ] as const)("%s is answered with why not, and ended", async (_, changed, path, status) => {
    const before = taken.length;
    const answer = await ask(changed, path);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain("application/problem+json");
    await ended(answer.socket);
    expect(taken.length).toBe(before);
  });

  it("that breaks its route tells nothing of ours outside", async () => {
    const { status, text, socket } = await ask({}, "/mqtt?broken");
    expect(status).toBe("500");
    expect(text).not.toContain("secret");
    expect(log.events("error")).toEqual(["upgrade-failed"]);
    await ended(socket);
  });
});
