/** The gateway as the proxy of a home's computers: the home's own socket, its link, a whole access broker, and a server that hears each octet. */

import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { issueCard, setProxy } from "../../access-broker/access-broker.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import { openHomeProxy } from "../../gateway-core/home-proxy/home-proxy.ts";
import { homeNetworks } from "../../gateway-core/page/home-network.ts";
import { until } from "../until.ts";
import { credential, openPlace, type Place } from "./outbound-proxy/proxy-rig.ts";
import { number, openRig, type Rig, realHost } from "./rig.ts";

let opened: AsyncDisposableStack;
let rig: Rig;
let place: Place;
let heard: string[];
/** What the server does with each connection. */
let onSocket: (socket: Socket) => void;
/** The one place that the provider lists. */
let target: string;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  heard = [];
  onSocket = (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  place = opened.use(
    await openPlace((socket) => {
      socket.setEncoding("latin1");
      socket.once("data", (text: string) => {
        heard.push(text);
        onSocket(socket);
      });
    }),
  );
  target = `127.0.0.1:${place.port}`;
  rig = opened.use(await openRig(undefined, { proxy: { allow: [target] } }));
  await setProxy({ ...rig.provider, number, isAllowed: true });
});
afterEach(() => opened.disposeAsync());

/** A gateway that is linked, with its proxy open on loopback; `say` is a computer of the home. */
async function openHome(networks: readonly string[] = []) {
  const { link } = await rig.join(async () => new Response("page"));
  const host = realHost();
  const isOfHome = networks.includes("none") ? () => false : homeNetworks(networks);
  const proxy = opened.use(await openHomeProxy({ listen: "127.0.0.1", port: 0, isOfHome, open: link.openProxy, host }));
  const port = Number(proxy.authority.split(":")[1]);
  const say = async (text: string) => {
    let told = "";
    const socket = connect({ host: "127.0.0.1", port });
    opened.defer(() => void socket.destroy());
    const failed = vi.fn();
    socket.on("error", failed);
    const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(told)));
    socket.setEncoding("latin1").on("data", (part: string) => {
      told += part;
    });
    socket.write(text);
    return { socket, closed, failed, text: () => told };
  };
  return { link, say, host };
}

const get = (path = "/x", more = ""): string =>
  `GET http://${target}${path} HTTP/1.1\r\nHost: ${target}\r\n${more}Connection: close\r\n\r\n`;
const tunnel = (to = target, more = ""): string => `CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n${more}\r\n`;
const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
const codeOf = (text: string): unknown => JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4)).code;

describe("What a computer of the home asks through its gateway", () => {
  it("reaches the server without an octet that tells of the home or of the way", async () => {
    const { say } = await openHome();
    const telling =
      "X-Forwarded-For: 192.168.0.2\r\nVia: 1.1 pc\r\nForwarded: for=pc.local\r\nX-Real-IP: 192.168.0.2\r\n";
    const text = await (await say(get("/a?b", `${telling}Proxy-Connection: keep-alive\r\nAccept: */*\r\n`))).closed;
    expect([statusOf(text), text.endsWith("hi")]).toEqual([200, true]);
    expect(heard).toEqual([`GET /a?b HTTP/1.1\r\nHost: ${target}\r\nAccept: */*\r\nConnection: close\r\n\r\n`]);
    const through = await say(tunnel());
    await until(() => expect(through.text()).toBe("HTTP/1.1 200 Connection established\r\n\r\n"));
    through.socket.write("only this");
    await through.closed;
    expect(heard[1]).toBe("only this");
  });

  it("is led by one link, with many connections at once, each whole", async () => {
    onSocket = (socket) => void socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n${"x".repeat(300_000)}`);
    const { say } = await openHome();
    const all = await Promise.all(Array.from({ length: 20 }, async (_, n) => (await say(get(`/${n}`))).closed));
    expect(all.map((text) => text.length - text.indexOf("\r\n\r\n") - 4)).toEqual(Array(20).fill(300_000));
  });

  it("is judged as everybody's: no way inside, to the provider's names, to other ports", async () => {
    const { say } = await openHome();
    for (const to of ["127.0.0.1:443", "[::1]:443", "169.254.169.254:443", "genkan.localhost:443", "8.8.8.8:22"]) {
      const text = await (await say(tunnel(to))).closed;
      expect([statusOf(text), codeOf(text)], to).toEqual([403, "proxy-target-refused"]);
    }
    const entries = (await rig.audit()).filter(({ event }) => event === "proxy-refused");
    expect(new Set(entries.map(({ facts }) => facts["reason"]))).toEqual(new Set(["not-public", "own-name", "port"]));
    expect(entries[0]).toMatchObject({ number, user: null, source: "127.0.0.1" });
  });

  it("is refused where a second identity is shown, and where it could be read in two ways", async () => {
    const { say } = await openHome();
    const shown = await (await say(get("/x", `Proxy-Authorization: ${credential}\r\n`))).closed;
    expect([statusOf(shown), codeOf(shown)]).toEqual([400, "proxy-request-invalid"]);
    const head = `POST http://${target}/ HTTP/1.1\r\nHost: ${target}\r\n`;
    const smuggled = `${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET http://${target}/smuggled HTTP/1.1\r\n\r\n`;
    expect(statusOf(await (await say(smuggled)).closed)).toBe(400);
    expect(heard).toEqual([]);
  });

  it("is refused while the home may not, and its answer is judged too", async () => {
    const { say } = await openHome();
    onSocket = (socket) => void socket.end("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic\r\n\r\n");
    expect(statusOf(await (await say(get())).closed)).toBe(502);
    await setProxy({ ...rig.provider, number, isAllowed: false });
    expect(statusOf(await (await say(get())).closed)).toBe(403);
  });
});

describe("A connection through the gateway", () => {
  it("that nobody reads fills no memory and holds up none of the others", async () => {
    let written = 0;
    onSocket = (socket) => {
      socket.on("error", () => undefined);
      const chunk = Buffer.alloc(64 * 1024, 120);
      const write = (): void => {
        while (!socket.destroyed && written < 200_000_000 && socket.write(chunk)) written += chunk.length;
      };
      socket.on("drain", write);
      socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
      write();
    };
    const { say } = await openHome();
    const stalled = await say(get("/endless"));
    stalled.socket.pause();
    let before = -1;
    await vi.waitFor(
      () => {
        const [last, now] = [before, written];
        before = now;
        expect(now).toBe(last);
        expect(now).toBeGreaterThan(0);
      },
      { timeout: 30_000, interval: 300 },
    );
    // The kernel's buffers of three loopback connections stand between, too.
    expect(written).toBeLessThan(60_000_000);
    onSocket = (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    expect(statusOf(await (await say(get())).closed)).toBe(200);
    stalled.socket.destroy();
  });

  it("ends at the server when the computer breaks off", async () => {
    onSocket = () => undefined;
    const { say } = await openHome();
    const said = await say(get());
    await vi.waitFor(() => expect(heard).toHaveLength(1), { timeout: 15_000 });
    said.socket.resetAndDestroy();
    await vi.waitFor(() => expect(place.sockets[0]?.closed || place.sockets[0]?.readableEnded).toBe(true), {
      timeout: 15_000,
    });
  });

  it("that the server breaks off does not look whole at the computer", async () => {
    onSocket = (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf");
      setImmediate(() => socket.resetAndDestroy());
    };
    const { say } = await openHome();
    const said = await say(get());
    await said.closed;
    expect(said.failed).toHaveBeenCalledWith(expect.objectContaining({ code: "ECONNRESET" }));
  });

  it("ends with the home's link, as when another gateway was enrolled in its place", async () => {
    onSocket = () => undefined;
    const { say } = await openHome();
    const said = await say(tunnel());
    await vi.waitFor(() => expect(said.text()).toContain(" 200 "), { timeout: 15_000 });
    await enrol(await issueCard({ ...rig.provider, number }), realHost());
    await said.closed;
  });

  it("is told that there is no way out while the link is away, and is none for who is not of the home", async () => {
    const { say, link } = await openHome();
    await link[Symbol.asyncDispose]();
    const text = await (await say(get())).closed;
    expect([statusOf(text), codeOf(text)]).toEqual([503, "home-away"]);
    const stranger = await (await openHome(["none"])).say(get());
    expect(await stranger.closed).toBe("");
    expect(heard).toEqual([]);
  });
});
