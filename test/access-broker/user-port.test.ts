import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subscribe } from "../../access-broker/access-broker.ts";
import { bareHost, number, openRig, password, type Rig, user } from "./rig.ts";

describe("At the users' port", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  const logIn = (who: string, secret: string, name = `${number}.${bareHost}`, headers = {}) =>
    rig.ask("/login", { form: { user: who, password: secret }, name, headers });

  it("unknown number, unknown user and wrong password answer with the same octets; only the audit knows more", async () => {
    const other = `090-9999-9999.${bareHost}`;
    const accept = { accept: "text/html" };
    for (const headers of [{}, accept]) {
      const answers = [
        await logIn(user, "wrong wrong wrong", undefined, headers),
        await logIn("nobody", "wrong wrong wrong", undefined, headers),
        await logIn(user, "wrong wrong wrong", other, headers),
      ];
      const told = answers.map(({ status, headers: { date: _date, ...rest }, text }) => ({
        status,
        rest: { ...rest, "content-length": undefined },
        text: text.replaceAll("090-9999-9999", number),
      }));
      expect(told[0]?.status).toBe(401);
      expect(told[1]).toEqual(told[0]);
      expect(told[2]).toEqual(told[0]);
    }
    const reasons = (await rig.audit())
      .filter(({ event }) => event === "login-refused")
      .map(({ facts }) => facts["reason"]);
    expect(new Set(reasons)).toEqual(new Set(["wrong-password", "unknown"]));
  });

  it("they take the same time", async () => {
    const once = async (who: string, name: string): Promise<number> => {
      const begun = performance.now();
      await logIn(who, "wrong wrong wrong", name);
      return performance.now() - begun;
    };
    // Numbers of their own, so that nothing is locked out. In turns, and the least of each: a busy machine only adds.
    const least = { known: Number.POSITIVE_INFINITY, user: Number.POSITIVE_INFINITY, number: Number.POSITIVE_INFINITY };
    const ratios = (): readonly number[] => [least.user / least.known, least.number / least.known];
    const isSame = (): boolean => ratios().every((ratio) => ratio > 0.5 && ratio < 2);
    for (let n = 0; n < 8 || (n < 40 && !isSame()); n++) {
      await subscribe({ ...rig.provider, number: `known-${n}`, user, password, isOneTime: false });
      least.known = Math.min(least.known, await once(user, `known-${n}.${bareHost}`));
      least.user = Math.min(least.user, await once("nobody", `known-${n}.${bareHost}`));
      least.number = Math.min(least.number, await once(user, `other-${n}.${bareHost}`));
    }
    for (const ratio of ratios()) {
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    }
  }, 120_000);

  it("guessing is slowed down from one source, and says when to come again", async () => {
    const name = `locked-1.${bareHost}`;
    const answers = [];
    for (let n = 0; n < 7; n++) answers.push(await logIn(user, "wrong wrong wrong", name));
    expect(answers.map(({ status }) => status).slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    const last = answers.at(-1);
    expect(last?.status).toBe(429);
    expect(Number(last?.headers["retry-after"])).toBeGreaterThan(0);
    expect((await logIn(user, password)).status).toBe(303);
  });

  it.each(["/", "/api/home", "/api/events", "/things", "/nowhere"])("without a session %s is closed", async (path) => {
    const { status, text } = await rig.ask(path);
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ code: "session-required" });
  });

  it("HEAD is told the head alone", async () => {
    const { status, headers, text } = await rig.ask("/login", { method: "HEAD" });
    expect([status, headers["content-type"], text]).toEqual([200, "text/html; charset=utf-8", ""]);
  });

  it("a person without a session is led to the login", async () => {
    const { status, headers } = await rig.ask("/things", { headers: { accept: "text/html" } });
    expect([status, headers.location]).toEqual([303, "/login"]);
  });

  it("another home's session opens nothing", async () => {
    await subscribe({ ...rig.provider, number: "neighbour", user, password, isOneTime: false });
    const cookie = await rig.logIn(`neighbour.${bareHost}`);
    expect((await rig.ask("/password", { headers: { cookie }, name: `neighbour.${bareHost}` })).status).toBe(200);
    const { status, text } = await rig.ask("/api/home", { headers: { cookie } });
    expect([status, JSON.parse(text).code]).toEqual([401, "session-required"]);
  });

  it("a session's cookie goes to one origin, over TLS, out of reach of scripts; what is no token is none", async () => {
    const { headers } = await logIn(user, password);
    expect(headers["set-cookie"]?.[0]).toMatch(
      /^__Host-genkan=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
    );
    const cookie = headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await rig.ask("/password", { headers: { cookie } })).status).toBe(200);
    for (const bad of [`${cookie}; ${cookie}x`, "__Host-genkan=", cookie.slice(0, -1), `x${cookie}`]) {
      expect((await rig.ask("/password", { headers: { cookie: bad } })).status, bad).toBe(401);
    }
  });

  it.each([
    ["another home", `090-0000-0000.${bareHost}`],
    ["the bare host", bareHost],
    ["a foreign name", "evil.example"],
    ["an address", "127.0.0.1"],
  ])("a Host of %s in this home's TLS connection is misdirected", async (_what, host) => {
    const { status, text } = await rig.ask("/login", { headers: { host: `${host}:${rig.port}` } });
    expect([status, JSON.parse(text).code]).toEqual([421, "host-not-allowed"]);
  });

  it("a foreign name in the handshake gets no certificate", async () => {
    await expect(rig.ask("/", { name: "evil.example" })).rejects.toThrow(/handshake failure|disconnected|alert/i);
    await expect(rig.ask("/", { name: `a.b.${bareHost}` })).rejects.toThrow(/handshake failure|disconnected|alert/i);
  });

  it.each([
    [{ origin: "https://evil.example" }],
    [{ origin: "null" }],
    [{ origin: `https://090-0000-0000.${bareHost}` }],
    [{ "sec-fetch-site": "same-site" }],
    [{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }],
  ])("a login from elsewhere (%j) is refused, right or wrong", async (headers) => {
    const { status, text } = await logIn(user, password, undefined, headers);
    expect([status, JSON.parse(text).code]).toEqual([403, "origin-not-allowed"]);
  });

  it("from elsewhere a person may only be led here", async () => {
    const cookie = await rig.logIn();
    const led = { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", cookie };
    expect((await rig.ask("/password", { headers: led })).status).toBe(200);
    expect((await rig.ask("/password", { headers: { ...led, "sec-fetch-mode": "no-cors" } })).status).toBe(403);
  });

  it("large, slow-typed and foreign bodies are refused before anybody reads them", async () => {
    const large = await rig.ask("/login", {
      body: "x".repeat(40_000),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect([large.status, JSON.parse(large.text).code]).toEqual([413, "body-too-large"]);
    const foreign = await rig.ask("/login", { body: "{}", headers: { "content-type": "text/plain" } });
    expect(foreign.status).toBe(415);
    const broken = await rig.ask("/login", { body: "[1", headers: { "content-type": "application/json" } });
    expect([broken.status, JSON.parse(broken.text).code]).toEqual([400, "command-invalid"]);
  });

  it("the firewall stands before the home even when nobody is there", async () => {
    const cookie = await rig.logIn();
    for (const path of ["/admin", "/api/../x", "/api//home", "/%2e%2e/", "/health"]) {
      expect((await rig.ask(path, { headers: { cookie } })).status, path).toBe(404);
    }
    const refused = await rig.ask("/api/home", { method: "DELETE", headers: { cookie } });
    expect([refused.status, refused.headers["allow"]]).toEqual([405, "GET, HEAD"]);
  });

  it("octets of any kind, broken requests and smuggling bring nothing down", async () => {
    const name = `${number}.${bareHost}`;
    const host = `Host: ${name}:${rig.port}`;
    const requests = [
      "\x00\x01\x02\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      `GET /login HTTP/1.1\r\n${host}\r\n${host}x\r\n\r\n`,
      `GET /login HTTP/1.1\r\n${host}\r\nx-odd: a\x01b\x7f\r\n\r\n`,
      `GET /login HTTP/1.1\r\n${host}\r\nx-latin: \xe9\xff\r\n\r\n`,
      `GET https://evil.example/login HTTP/1.1\r\n${host}\r\n\r\n`,
      `POST /login HTTP/1.1\r\n${host}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST /login HTTP/1.1\r\n${host}\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef`,
      `GET /login HTTP/1.1\r\n${host}\r\nfolded: a\r\n b\r\n\r\n`,
      `GET /login HTTP/1.1\n${host}\n\n`,
      `GET / HTTP/1.1\r\n${host}\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
      `CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n\r\n`,
      `GET /login HTTP/1.1\r\n${host}\r\nx: ${"a".repeat(40_000)}\r\n\r\n`,
      `OPTIONS * HTTP/1.1\r\n${host}\r\n\r\n`,
    ];
    const answers = await Promise.all(requests.map((text) => rawAnswer(rig, name, text)));
    for (const [at, answer] of answers.entries()) {
      expect(answer, requests[at]).not.toMatch(/^HTTP\/1.1 (?:101|5)/);
    }
    for (const at of [2, 5, 6, 7]) expect(answers[at], requests[at]).toMatch(/^(?:HTTP\/1.1 4\d\d|$)/);
    expect((await rig.ask("/login")).status).toBe(200);
  });

  it("nothing of all this stood in the log", () => {
    expect(JSON.stringify(rig.provider.host.log.lines)).not.toMatch(/wrong wrong|correct horse|argon2|__Host/);
    expect(rig.provider.host.log.events("error")).toEqual([]);
  });
});

describe("A one-time password", () => {
  it("opens one login, which must set another before anything else", async () => {
    await using rig = await openRig();
    await subscribe({ ...rig.provider, number, user, password: "only for once x", isOneTime: true });
    const first = await rig.ask("/login", { form: { user, password: "only for once x" } });
    expect(first.status).toBe(303);
    const cookie = first.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await rig.ask("/login", { form: { user, password: "only for once x" } })).status).toBe(401);
    expect(JSON.parse((await rig.ask("/api/home", { headers: { cookie } })).text).code).toBe(
      "password-change-required",
    );
    const led = await rig.ask("/", { headers: { cookie, accept: "text/html" } });
    expect([led.status, led.headers.location]).toEqual([303, "/password"]);

    const set = (form: Record<string, string>, headers = {}) =>
      rig.ask("/password", { form, headers: { cookie, ...headers } });
    for (const bad of ["short", "only for once x", "0123456789"]) {
      expect((await set({ password: bad })).status, bad).toBe(422);
    }
    const page = await set(
      { password: "a new one of mine", repeat: "other" },
      { accept: "text/html", "accept-language": "en" },
    );
    expect(page.text).toContain("not the same");
    const done = await set({ password: "a new one of mine" });
    expect(done.status).toBe(303);
    // The session before has ended; a fresh one took its place.
    expect((await rig.ask("/password", { headers: { cookie } })).status).toBe(401);
    const fresh = done.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await rig.ask("/api/home", { headers: { cookie: fresh } })).status).toBe(503);
    expect((await rig.ask("/login", { form: { user, password: "a new one of mine" } })).status).toBe(303);
  }, 20_000);

  it("of one's own is changed only by who knows the present one", async () => {
    await using rig = await openRig();
    const cookie = await rig.logIn();
    const set = (form: Record<string, string>) => rig.ask("/password", { form, headers: { cookie } });
    expect((await set({ password: "a new one of mine" })).status).toBe(401);
    expect((await set({ password: "a new one of mine", current: "wrong wrong" })).status).toBe(401);
    expect((await set({ password: "a new one of mine", current: password })).status).toBe(303);
  });
});

/** What comes back for some octets within 300 ms or until the connection ends. */
function rawAnswer(rig: Rig, servername: string, octets: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: rig.port, servername, ca: rig.ca, ALPNProtocols: ["http/1.1"] });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    const timer = setTimeout(() => socket.destroy(), 300);
    socket
      .on("error", () => undefined)
      .once("close", () => {
        clearTimeout(timer);
        resolve(text);
      });
    socket.write(octets, "latin1");
  });
}
