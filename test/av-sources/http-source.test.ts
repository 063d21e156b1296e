import { createServer as createTlsServer } from "node:https";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import type { AvWires } from "../../gateway-core/av-sources/wires.ts";
import { makeOwnCertificate } from "../../gateway-core/own-access/own-certificate.ts";
import { use } from "../use.ts";
import { fileInHand } from "./file-in-hand.ts";
import { madePackets } from "./made-stream.ts";
import { openSource, reading, refusal } from "./opened-source.ts";
import { type OpenServer, tcpServer, webServer } from "./web-server.ts";

const packets = madePackets({ seconds: 2 });
const at = ({ port }: OpenServer, path = "/", who = ""): string => `http://${who}127.0.0.1:${port}${path}`;

describe("A stream of a web server", () => {
  it("is handed on in whole packets, and nothing stays open when its viewer leaves", async () => {
    const server = await use(
      webServer((_request, response) => {
        response.writeHead(200, { "content-type": "text/html" });
        response.write(packets);
      }),
    );
    const source = await use(openSource(at(server)));
    const watched = await source.watch();
    const read = reading(watched);
    await source.passUntil(() => read.octets === packets.length);
    expect(watched.form).toBe("mpegts");
    expect(Buffer.concat(read.pieces).equals(packets)).toBe(true);
    expect([source.told("state"), source.told("form"), source.told("problem")]).toEqual(["playing", "mpegts", "none"]);
    await watched[Symbol.asyncDispose]();
    await read.done;
    expect(read.thrown).toBeUndefined();
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    await source.passUntil(() => source.told("state") === "idle");
  });

  it("is asked for once, however many watch it, and let go by the last", async () => {
    const server = await use(webServer((_request, response) => void response.write(packets)));
    const source = await use(openSource(at(server)));
    const [one, two] = await Promise.all([source.watch(), source.watch()]);
    const reads = [reading(one), reading(two)];
    await source.passUntil(() => reads.every(({ octets }) => octets === packets.length));
    // One connection looked whether the server was there.
    expect([server.sockets.size, server.count]).toEqual([1, 2]);
    await one[Symbol.asyncDispose]();
    expect(server.sockets.size).toBe(1);
    await two[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
  });

  it("is asked for with the name and password of its address, which stand nowhere else", async () => {
    const server = await use(
      webServer(({ headers }, response) => {
        if (headers.authorization !== `Basic ${btoa("viewer:s3cret")}`) response.writeHead(401).end();
        else response.write(packets);
      }),
    );
    const source = await use(openSource(at(server, "/1", "viewer:s3cret@")));
    const read = reading(await source.watch());
    await source.passUntil(() => read.octets > 0);
    const other = await use(openSource(at(server, "/1", "viewer:s3creT@")));
    const thrown = await refusal(other.watch());
    expect(thrown).toMatchObject({ code: "device-unavailable", details: { reason: "not-allowed" } });
    const all = JSON.stringify([
      source.ref,
      source.changes,
      source.host.log.lines,
      other.changes,
      thrown,
      String(thrown),
    ]);
    expect(all).not.toMatch(/s3cret/i);
  });

  it("is followed to where its server leads, and tells no other server what it was told", async () => {
    const heard: (string | undefined)[] = [];
    const other = await use(
      webServer(({ headers }, response) => {
        heard.push(headers.authorization);
        response.write(packets);
      }),
    );
    const server = await use(
      webServer(({ url, headers }, response) => {
        heard.push(headers.authorization);
        const location = url === "/1" ? "/2" : at(other, "/3", "their:own@");
        response.writeHead(302, { location }).end("elsewhere");
      }),
    );
    const source = await use(openSource(at(server, "/1", "viewer:s3cret@")));
    const read = reading(await source.watch());
    await source.passUntil(() => read.octets > 0);
    const basic = `Basic ${btoa("viewer:s3cret")}`;
    expect(heard).toEqual([basic, basic, undefined]);
  });

  it("that is as long as its server says is played in its own time, and then it has ended", async () => {
    const server = await use(
      webServer((_request, response) => {
        response.writeHead(200, { "content-length": packets.length * 5 });
        response.end(Buffer.concat([packets, packets, packets, packets, packets]));
      }),
    );
    const source = await use(openSource(at(server)));
    const read = reading(await source.watch());
    const begun = source.host.clock.now();
    await source.passUntil(() => read.isOver);
    expect([read.octets, read.thrown]).toEqual([packets.length * 5, undefined]);
    // Ten seconds, less what may be ahead.
    expect(source.host.clock.now() - begun).toBeGreaterThan(6_000);
    expect(source.told("state")).toBe("idle");
  });

  it("that is as long as its server says begins anew where the setting says so, counted as no interruption", async () => {
    const server = await use(
      webServer((_request, response) => response.writeHead(200, { "content-length": packets.length }).end(packets)),
    );
    const source = await use(openSource(at(server), { loop: true }));
    const watched = await source.watch();
    const read = reading(watched);
    await source.passUntil(() => read.octets >= packets.length * 4);
    expect([source.told("state"), source.told("interruptions")]).toEqual(["playing", 0]);
    await watched[Symbol.asyncDispose]();
    await read.done;
  });

  it.each([
    ["a page", 200, {}, Buffer.from("<!doctype html><p>Gone".repeat(200)), "conversion-failed", "no-picture"],
    ["a playlist", 200, {}, Buffer.from(`#EXTM3U\nhttp://127.0.0.1/1.ts\n`), "conversion-failed", "no-picture"],
    ["nothing", 200, {}, Buffer.alloc(0), "device-silent", "silent"],
    ["what is packed", 200, { "content-encoding": "gzip" }, gzipSync(Buffer.alloc(1e7)), "conversion-failed", "answer"],
    ["a part", 206, {}, packets, "conversion-failed", "answer"],
    ["that it is not there", 404, {}, Buffer.from("no"), "device-unavailable", "not-there"],
    ["that no tuner is free", 503, {}, Buffer.from("no"), "device-busy", "busy"],
    ["an error", 500, {}, Buffer.from("no"), "conversion-failed", "answer"],
    ["a way out of the web", 302, { location: "file:///etc/passwd" }, Buffer.alloc(0), "conversion-failed", "answer"],
    ["no way", 302, {}, Buffer.alloc(0), "conversion-failed", "answer"],
    ["a way round and round", 307, { location: "/" }, Buffer.alloc(0), "conversion-failed", "answer"],
    ["less than it said", 200, { "content-length": "999" }, Buffer.from("cut"), "device-unavailable", "lost"],
  ])("that answers with %s is refused with that reason", async (_what, status, headers, body, code, reason) => {
    const server = await use(
      webServer((_request, response) => {
        response.writeHead(status, headers);
        response.write(body, () => ("content-length" in headers ? response.destroy() : response.end()));
        if (body.length === 0) response.end();
      }),
    );
    const source = await use(openSource(at(server)));
    expect(await refusal(source.watch())).toMatchObject({ code, details: { reason } });
    await source.passUntil(() => source.told("problem") === reason);
    expect(source.told("state")).toBe("failed");
    expect(source.told("availability")).toMatchObject({ available: true });
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
  });

  it.each([
    ["is none of HTTP", "SSH-2.0-OpenSSH\r\n", "answer"],
    ["goes over to something else", "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", "answer"],
    ["has a head without end", `HTTP/1.1 200 OK\r\n${"x-more: and more\r\n".repeat(4_000)}`, "answer"],
    ["goes on saying that it goes on", "HTTP/1.1 100 Continue\r\n\r\n".repeat(50), "silent"],
    ["never comes", "", "silent"],
    ["has a head that drips", "HTTP/1.1 200 OK\r\nx: ", "silent"],
    ["has no octets", "HTTP/1.1 200 OK\r\n\r\n", "silent"],
    ["begins and rests", "HTTP/1.1 200 OK\r\n\r\nGG", "silent"],
  ])("whose answer %s is given up in time", async (_what, said, reason) => {
    const dripping = new Set<NodeJS.Timeout>();
    const server = await use(
      tcpServer((socket) => {
        socket.write(said);
        if (!/x: $|GG$/.test(said)) return;
        const drip = setInterval(() => socket.write("y"), 2);
        dripping.add(drip);
        socket.once("close", () => clearInterval(drip));
      }),
    );
    const source = await use(openSource(at(server)));
    let thrown: unknown;
    void refusal(source.watch()).then((error) => {
      thrown = error;
    });
    await source.passUntil(() => thrown !== undefined);
    expect(thrown).toMatchObject({ details: { reason } });
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
  });

  it("whose server has no certificate that is trusted is not read", async () => {
    const server = createTlsServer(makeOwnCertificate(["127.0.0.1"], Date.now()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const source = await use(openSource(`https://127.0.0.1:${port}/`));
    expect(await refusal(source.watch())).toMatchObject({
      code: "device-unavailable",
      details: { reason: "certificate" },
    });
    server.close();
  });

  it("that nobody serves is unavailable until its server listens again, which is asked without asking for the stream", async () => {
    const server = await webServer((_request, response) => void response.write(packets));
    const { port } = server;
    await server[Symbol.asyncDispose]();
    const source = await use(openSource(at(server)));
    await source.passUntil(() => JSON.stringify(source.told("availability"))?.includes("false"));
    expect(await refusal(source.watch())).toMatchObject({ details: { reason: "unreachable" } });
    expect(source.told("availability")).toMatchObject({ available: false });
    let requests = 0;
    const again = await use(webServer(() => requests++, port));
    await source.passUntil(() => JSON.stringify(source.told("availability")).includes("true"));
    await source.host.clock.advance(600_000);
    expect([requests, again.count]).toEqual([0, 1]);
  });

  it("of a host that says nothing at all is told of at once, and as unavailable in time", async () => {
    const { wires } = fileInHand(new Uint8Array(0));
    const isReachable: AvWires["isReachable"] = (_origin, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve(false)));
    const source = await use(openSource("http://192.0.2.1/", { wires: { ...wires, isReachable } }));
    await source.host.clock.advance(1_000);
    expect([source.told("state"), source.told("availability")]).toMatchObject(["idle", { available: true }]);
    await source.host.clock.advance(5_000);
    expect(source.told("availability")).toMatchObject({ available: false });
  });

  it("that is begun anew while it is being let go is told as playing", async () => {
    const server = await use(webServer((_request, response) => void response.write(packets)));
    const source = await use(openSource(at(server)));
    const first = await source.watch();
    const [, second] = await Promise.all([first[Symbol.asyncDispose](), source.watch()]);
    const read = reading(second);
    await source.passUntil(() => read.octets === packets.length);
    expect(source.told("state")).toBe("playing");
    expect(server.sockets.size).toBe(1);
  });

  it("ends at once for a viewer who leaves while it is being asked for", async () => {
    const server = await use(tcpServer(() => undefined));
    const source = await use(openSource(at(server)));
    const leave = new AbortController();
    const watching = refusal(source.watch(leave.signal));
    await vi.waitFor(() => expect(server.sockets.size).toBe(1));
    leave.abort(new Error("left"));
    expect(await watching).toMatchObject({ code: "internal" });
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    await source.passUntil(() => source.told("state") === "idle");
  });
});
