/** Requests that two readers could read differently, or that claim to be somebody else's (raw octets at the users' port). */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { subscribe } from "../../access-broker/access-broker.ts";
import { bareHost, number, openRig, password, type Rig, user } from "../access-broker/rig.ts";
import { answersTo, ownName } from "./raw-http.ts";

const neighbour = "090-8765-4321";

interface Seen {
  readonly home: string;
  readonly line: string;
  readonly viewer: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe("At the users' port", () => {
  let rig: Rig;
  let cookie: string;
  let seen: Seen[] = [];
  beforeAll(async () => {
    rig = await openRig();
    await subscribe({ ...rig.provider, number: neighbour, user: "jiro", password, isOneTime: false });
    for (const home of [number, neighbour]) {
      await rig.join(async (request, viewer) => {
        const { pathname } = new URL(request.url);
        seen.push({
          home,
          line: `${request.method} ${pathname}`,
          viewer: viewer.name,
          headers: Object.fromEntries(request.headers),
        });
        return new Response(`${home} ${pathname}`);
      }, home);
    }
    cookie = await rig.logIn();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    seen = [];
  });

  /** A command with a session, its head as told. */
  const command = (
    lines: readonly string[],
    body = "",
    line = "PUT /api/devices/lamp/properties/power HTTP/1.1",
  ): string =>
    [line, `Host: ${rig.authority()}`, `Cookie: ${cookie}`, "Content-Type: application/json", ...lines, "", body].join(
      "\r\n",
    );
  const hidden = () => `GET /things HTTP/1.1\r\nHost: ${rig.authority()}\r\nCookie: ${cookie}\r\n\r\n`;

  it("a command as it should be is relayed: what follows fails for its fault alone", async () => {
    expect(await answersTo(rig, command(["Content-Length: 4"], "true"))).toEqual([200]);
    expect(await answersTo(rig, command(["Transfer-Encoding: chunked"], "4\r\ntrue\r\n0\r\n\r\n"))).toEqual([200]);
    expect(seen.map(({ line }) => line)).toEqual(Array(2).fill("PUT /api/devices/lamp/properties/power"));
  });

  const smuggled: readonly (readonly [string, (after: string) => string])[] = [
    [
      "Content-Length and Transfer-Encoding",
      (after) => command(["Content-Length: 4", "Transfer-Encoding: chunked"], `0\r\n\r\n${after}`),
    ],
    [
      "Transfer-Encoding and Content-Length",
      (after) => command(["Transfer-Encoding: chunked", "Content-Length: 4"], `0\r\n\r\n${after}`),
    ],
    ["two lengths", (after) => command(["Content-Length: 0", `Content-Length: ${after.length}`], after)],
    ["a list of lengths", (after) => command([`Content-Length: 0, ${after.length}`], after)],
    ["a signed length", (after) => command(["Content-Length: +0"], after)],
    [
      "a coding that is not the last",
      (after) => command(["Transfer-Encoding: chunked, identity"], `0\r\n\r\n${after}`),
    ],
    ["a coding hidden by a tab", (after) => command(["Transfer-Encoding: xchunked"], `0\r\n\r\n${after}`)],
    [
      "a space before the colon",
      (after) => command(["Transfer-Encoding : chunked", "Content-Length: 5"], `0\r\n\r\n${after}`),
    ],
    [
      "a folded line",
      (after) => command(["X-One: 1", " Transfer-Encoding: chunked", "Content-Length: 5"], `0\r\n\r\n${after}`),
    ],
    [
      "a bare line feed",
      (after) => command(["X-One: 1\nTransfer-Encoding: chunked", "Content-Length: 5"], `0\r\n\r\n${after}`),
    ],
    [
      "a bare carriage return",
      (after) => command(["X-One: 1\rTransfer-Encoding: chunked", "Content-Length: 5"], `0\r\n\r\n${after}`),
    ],
    ["a NUL", (after) => command(["X-One: 1\0", "Content-Length: 0"], after)],
    ["a chunk size with a sign", (after) => command(["Transfer-Encoding: chunked"], `-1\r\n${after}`)],
    [
      "a chunk longer than its size",
      (after) => command(["Transfer-Encoding: chunked"], `2\r\ntrue\r\n0\r\n\r\n${after}`),
    ],
    ["HTTP/0.9", (after) => `GET /\r\n\r\n${after}`],
  ];
  it.each(smuggled)("%s is refused, and nothing behind it is heard", async (_, octets) => {
    const statuses = await answersTo(rig, octets(hidden()));
    expect(statuses).toEqual([400]);
    expect(seen).toEqual([]);
  });

  it("the attack is a real one: a lenient reader takes the hidden request for a second one", async () => {
    const lines: string[] = [];
    const server: Server = createServer({ insecureHTTPParser: true }, (request, response) => {
      lines.push(`${request.method} ${request.url}`);
      response.end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.write(command(["Content-Length: 4", "Transfer-Encoding: chunked"], `0\r\n\r\n${hidden()}`));
    await expect.poll(() => lines.length).toBe(2);
    socket.destroy();
    server.close();
  });

  it.each([
    [
      "another home's name in absolute form",
      (name: string) => [`GET https://${name}/things HTTP/1.1`, rig.authority()],
    ],
    ["its own name in absolute form", () => [`GET https://${rig.authority()}/things HTTP/1.1`, rig.authority()]],
    ["another home as Host", (name: string) => ["GET /things HTTP/1.1", name]],
    ["the bare host as Host", () => ["GET /things HTTP/1.1", `${bareHost}:${rig.port}`]],
    ["a user before the name", () => ["GET /things HTTP/1.1", `x@${rig.authority()}`]],
    ["a dot after the name", () => ["GET /things HTTP/1.1", `${ownName}.:${rig.port}`]],
    ["no Host", () => ["GET /things HTTP/1.1", ""]],
    ["CONNECT", () => [`CONNECT ${rig.authority()} HTTP/1.1`, rig.authority()]],
    ["an asterisk", () => ["OPTIONS * HTTP/1.1", rig.authority()]],
  ] as const)("%s leads to no home", async (_, make) => {
    const [line = "", host = ""] = make(rig.authority(`${neighbour}.${bareHost}`));
    const statuses = await answersTo(rig, `${line}\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`);
    expect(
      statuses.every((status) => [400, 401, 403, 404, 405, 421].includes(status)),
      String(statuses),
    ).toBe(true);
    expect(seen).toEqual([]);
  });

  it("two Hosts lead to no home", async () => {
    const twice = [rig.authority(), rig.authority(`${neighbour}.${bareHost}`)];
    for (const [first, second] of [twice, twice.toReversed()]) {
      const statuses = await answersTo(
        rig,
        `GET /things HTTP/1.1\r\nHost: ${first}\r\nHost: ${second}\r\nCookie: ${cookie}\r\n\r\n`,
      );
      expect([400, 421]).toContain(statuses[0]);
    }
    expect(seen).toEqual([]);
  });

  it("who asks is said by the broker alone, whatever the request claims or wants dropped", async () => {
    const claims = {
      "genkan-viewer": "admin",
      "genkan-viewer-session": "x",
      "Genkan-Viewer-Grant": "{}",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": "evil.example",
      forwarded: "for=127.0.0.1",
      "x-real-ip": "127.0.0.1",
      via: "1.1 proxy",
      authorization: "Basic YWRtaW46YWRtaW4=",
      "proxy-authorization": "Basic YWRtaW46YWRtaW4=",
      "x-private": "of this hop",
      "keep-alive": "timeout=5",
    };
    const connection = "close, x-private, genkan-viewer, genkan-viewer-session, cookie, content-type";
    const lines = [...Object.entries(claims).map(([name, value]) => `${name}: ${value}`), `Connection: ${connection}`];
    expect(await answersTo(rig, command([...lines, "Content-Length: 4"], "true"))).toEqual([200]);
    expect(seen).toMatchObject([{ home: number, viewer: user }]);
    const told = Object.keys(seen[0]?.headers ?? {});
    for (const name of Object.keys(claims)) expect(told, name).not.toContain(name.toLowerCase());
    const audit = await rig.audit();
    expect(audit.some(({ source }) => source !== "127.0.0.1" && source !== "command-line" && source !== "")).toBe(
      false,
    );
  });

  it("two sessions on one request are none, whichever stands first", async () => {
    const theirs = (
      await rig.ask("/login", { form: { user: "jiro", password }, name: `${neighbour}.${bareHost}` })
    ).headers["set-cookie"]?.[0]?.split(";")[0];
    for (const both of [`${cookie}; ${theirs}`, `${theirs}; ${cookie}`, `=${cookie}`, `${theirs}`]) {
      expect((await rig.ask("/things", { headers: { cookie: both } })).status, both).toBe(401);
    }
    expect(seen).toEqual([]);
  });

  it("a page of another home, which is of the same site, may ask nothing with a person's cookie", async () => {
    const foreign: readonly Readonly<Record<string, string>>[] = [
      { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" },
      { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" },
      { "sec-fetch-site": "cross-site" },
      { origin: `https://${neighbour}.${bareHost}:${rig.port}` },
      { origin: "null" },
    ];
    for (const headers of foreign) {
      const put = { method: "PUT", json: true, headers: { cookie, ...headers } };
      expect((await rig.ask("/api/devices/lamp/properties/power", put)).status, JSON.stringify(headers)).toBe(403);
      expect((await rig.ask("/api/home", { headers: { cookie, ...headers } })).status, JSON.stringify(headers)).toBe(
        403,
      );
    }
    expect(seen).toEqual([]);
  });

  it("each home's answer reaches who asked that home, however many are under way", async () => {
    const their = await rig.ask("/login", { form: { user: "jiro", password }, name: `${neighbour}.${bareHost}` });
    const cookies = { [number]: cookie, [neighbour]: their.headers["set-cookie"]?.[0]?.split(";")[0] ?? "" };
    const asked = Array.from({ length: 60 }, async (_, at) => {
      const home = at % 2 === 0 ? number : neighbour;
      const { text } = await rig.ask(`/things/t${at}`, {
        name: `${home}.${bareHost}`,
        headers: { cookie: cookies[home] ?? "" },
      });
      expect(text).toBe(`${home} /things/t${at}`);
    });
    await Promise.all(asked);
  });

  it("a head that is too long is not read to its end", async () => {
    expect(await answersTo(rig, command([`X-Long: ${"x".repeat(20_000)}`]))).toEqual([431]);
    const many = Array.from({ length: 3_000 }, (_, at) => `x-${at}: 1`);
    expect(await answersTo(rig, command(many))).toEqual([431]);
    expect(await answersTo(rig, command(["Content-Length: 70000"], "x".repeat(70_000)))).toEqual([413]);
    expect(seen).toEqual([]);
  });
});
