import { describe, expect, it } from "vitest";
import { FakeClock } from "../../fakes/fake-host.ts";
import { until } from "../../until.ts";
import { use } from "../../use.ts";
import { closedPort, credential, openPlace, openProxyRig, type Place, type ProxyRig } from "./proxy-rig.ts";

const place = async (onSocket: Parameters<typeof openPlace>[0]): Promise<Place> => use(openPlace(onSocket));
const rigFor = async (...all: Parameters<typeof openProxyRig>): Promise<ProxyRig> => use(openProxyRig(...all));

const login = `Proxy-Authorization: ${credential}\r\n`;
const connectTo = (target: string, more = login): string =>
  `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${more}\r\n`;
const getFrom = (authority: string, more = login): string =>
  `GET http://${authority}/x HTTP/1.1\r\nHost: ${authority}\r\n${more}\r\n`;
const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
const codeOf = (text: string): unknown => JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4)).code;

/** Remembers what it hears and answers each request with these octets. */
const answering = (answer: string) => {
  const heard: string[] = [];
  return {
    heard,
    place: place((socket) => {
      socket.setEncoding("latin1").on("data", (text: string) => {
        heard.push(text);
        if (heard.join("").includes("\r\n\r\n")) socket.end(answer, "latin1");
      });
    }),
  };
};

describe("Without the credential of a home", () => {
  const basic = (text: string): string => `Proxy-Authorization: Basic ${Buffer.from(text).toString("base64")}\r\n`;
  it("every request gets the same octets, and leads nowhere", async () => {
    const rig = await rigFor([]);
    const told = new Set<string>();
    for (const more of [
      ...["", "Proxy-Authorization: Bearer x\r\n", basic("090-1234-5678/pc:wrong"), basic("090-1234-5678/no:right")],
      ...[basic("090-9999-9999/pc:right"), basic("nonsense")],
    ]) {
      told.add(await (await rig.say(connectTo("www.example:443", more))).closed);
    }
    expect(told.size).toBe(1);
    const [text = ""] = told;
    expect(statusOf(text)).toBe(407);
    expect(text).toContain('proxy-authenticate: Basic realm="genkan"');
    expect(codeOf(text)).toBe("proxy-login-required");
    expect(rig.looked).toEqual([]);
    expect(rig.audited.map(({ event }) => event)).toEqual(Array(3).fill("login-refused"));
  });

  it("an absolute-form request and one for the proxy itself do, too", async () => {
    const rig = await rigFor([]);
    for (const line of ["GET http://www.example/ HTTP/1.1\r\nHost: www.example", "GET /admin HTTP/1.1\r\nHost: x"]) {
      const said = await rig.say(`${line}\r\nConnection: close\r\n\r\n`);
      expect(statusOf(await said.closed)).toBe(407);
    }
  });
});

describe("A tunnel", () => {
  it("carries octets both ways, those that came with the request too, and half of it may close first", async () => {
    const echo = await place((socket) => socket.pipe(socket));
    const rig = await rigFor([`127.0.0.1:${echo.port}`]);
    const said = await rig.say(`${connectTo(`127.0.0.1:${echo.port}`)}early`);
    await until(() => expect(said.text()).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nearly$/));
    const big = "x".repeat(1_000_000);
    said.socket.write(big);
    said.socket.end("last");
    const text = await said.closed;
    expect(text.endsWith(`early${big}last`)).toBe(true);
    expect(rig.desk.counters()).toMatchObject({ tunnels: 1, octets: 2 * (5 + 1_000_000 + 4) });
  });

  it("ends upstream when the client breaks off, and downstream when the server does", async () => {
    const silent = await place(() => undefined);
    const rig = await rigFor([`127.0.0.1:${silent.port}`]);
    const [one, two] = [
      await rig.say(connectTo(`127.0.0.1:${silent.port}`)),
      await rig.say(connectTo(`127.0.0.1:${silent.port}`)),
    ];
    await until(() => expect([one.text(), two.text()].every((text) => text.includes(" 200 "))).toBe(true));
    one.socket.destroy();
    await until(() =>
      expect(silent.sockets.filter(({ closed, readableEnded }) => closed || readableEnded)).toHaveLength(1),
    );
    for (const socket of silent.sockets) socket.destroy();
    await two.closed;
  });

  it("ends when it is silent, when it lasts too long, when the home may no longer, and when its app password is taken away", async () => {
    const silent = await place(() => undefined);
    const clock = new FakeClock();
    const rig = await rigFor([`127.0.0.1:${silent.port}`], { idleMs: 1_000, longestMs: 100_000 }, clock);
    const open = async () => {
      const said = await rig.say(connectTo(`127.0.0.1:${silent.port}`));
      await until(() => expect(said.text()).toContain(" 200 "));
      return said;
    };
    const idle = await open();
    await clock.advance(1_001);
    await idle.closed;
    const unwanted = await rigFor([`127.0.0.1:${silent.port}`], { idleMs: 1e9, longestMs: 1e9 }, clock);
    const cut = await unwanted.say(connectTo(`127.0.0.1:${silent.port}`));
    await until(() => expect(cut.text()).toContain(" 200 "));
    unwanted.isAllowed = false;
    await clock.advance(1_000);
    await cut.closed;
    const removed = await rigFor([`127.0.0.1:${silent.port}`], { idleMs: 1e9, longestMs: 1e9 }, clock);
    const last = await removed.say(connectTo(`127.0.0.1:${silent.port}`));
    await until(() => expect(last.text()).toContain(" 200 "));
    removed.rights = "none";
    await clock.advance(1_000);
    await last.closed;
  });

  it("is one of few that a home may have at once, and of so many octets in a day", async () => {
    const echo = await place((socket) => socket.pipe(socket));
    const target = `127.0.0.1:${echo.port}`;
    const rig = await rigFor([target], { openAtOnce: 1, octetsPerDay: 10 });
    const first = await rig.say(connectTo(target));
    await until(() => expect(first.text()).toContain(" 200 "));
    const second = await (await rig.say(connectTo(target))).closed;
    expect([statusOf(second), codeOf(second)]).toEqual([429, "proxy-quota-reached"]);
    first.socket.write("more than ten octets");
    await first.closed;
    const third = await (await rig.say(connectTo(target))).closed;
    expect(codeOf(third)).toBe("proxy-quota-reached");
  });
});

describe("What the proxy does not lead to", () => {
  it.each([
    ["127.0.0.1:443", 403],
    ["[::1]:443", 403],
    ["[::ffff:127.0.0.1]:443", 403],
    ["169.254.169.254:443", 403],
    ["10.0.0.1:443", 403],
    ["www.example:22", 403],
    ["genkan.localhost:443", 403],
    ["link.genkan.localhost:443", 403],
    ["0x7f.1:443", 400],
    ["2130706433:443", 400],
    ["user@127.0.0.1:443", 400],
  ])("%s is refused with %i", async (target, status) => {
    const rig = await rigFor([]);
    expect(statusOf(await (await rig.say(connectTo(target))).closed)).toBe(status);
    expect(rig.looked).toEqual([]);
  });

  it("is a name that leads inside, also beside a good address; the client hears what it hears of a name that is not there", async () => {
    const inside = await place((socket) => socket.end("secret"));
    const rig = await rigFor([]);
    rig.names = {
      "in.example": ["127.0.0.1"],
      "mixed.example": ["8.8.8.8", "::1"],
      "meta.example": ["169.254.169.254"],
    };
    const answers = new Set<string>();
    for (const name of ["in", "mixed", "meta", "nothing"]) {
      answers.add(await (await rig.say(connectTo(`${name}.example:443`))).closed);
    }
    expect(answers.size).toBe(1);
    const [answer = ""] = answers;
    expect([statusOf(answer), codeOf(answer)]).toEqual([502, "proxy-target-away"]);
    expect(inside.sockets).toHaveLength(0);
    expect(rig.audited.map(({ facts }) => "reason" in facts && facts.reason)).toEqual(["not-public", "no-address"]);
  });

  it("cannot be reached by a name that leads elsewhere the second time: the address that was judged is the one", async () => {
    const good = await place((socket) => socket.end("good"));
    const rig = await rigFor([`rebind.example:${good.port}`]);
    let asked = 0;
    rig.names = {
      get "rebind.example"() {
        asked += 1;
        return asked === 1 ? ["127.0.0.1"] : ["169.254.169.254"];
      },
    };
    expect((await (await rig.say(connectTo(`rebind.example:${good.port}`))).closed).endsWith("good")).toBe(true);
    expect(rig.looked).toEqual(["rebind.example"]);
    const again = await (await rig.say(connectTo(`rebind.example:${good.port}`))).closed;
    expect(statusOf(again)).toBe(502);
    expect(good.sockets).toHaveLength(1);
  });

  it("is anything, for a home that may not use it; the audit has one line", async () => {
    const rig = await rigFor([]);
    rig.isAllowed = false;
    for (let n = 0; n < 3; n++) {
      const text = await (await rig.say(connectTo("www.example:443"))).closed;
      expect([statusOf(text), codeOf(text)]).toEqual([403, "proxy-target-refused"]);
    }
    expect(rig.audited).toEqual([{ event: "proxy-refused", facts: { reason: "off", target: "www.example:443" } }]);
    expect(rig.looked).toEqual([]);
  });

  it("is a port where nobody listens", async () => {
    const port = await closedPort();
    const rig = await rigFor([`127.0.0.1:${port}`]);
    expect(statusOf(await (await rig.say(connectTo(`127.0.0.1:${port}`))).closed)).toBe(502);
  });
});

describe("A request that two programs could read in two ways", () => {
  const head = `POST http://www.example/ HTTP/1.1\r\nHost: www.example\r\n${login}`;
  it.each([
    ["Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"],
    ["Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"],
    ["Transfer-Encoding: gzip\r\n\r\nabc"],
    ["X: a\r\n b\r\nContent-Length: 0\r\n\r\n"],
    ["X: a\nContent-Length: 0\r\n\r\n"],
    ["X: a\rContent-Length: 0\r\n\r\n"],
    ["Content-Length : 0\r\n\r\n"],
    ["Host: other.example\r\n\r\n"],
  ])("is refused: %j", async (rest) => {
    const rig = await rigFor([]);
    expect(statusOf(await (await rig.say(head + rest)).closed)).toBe(400);
    expect(rig.looked).toEqual([]);
  });

  it("is one whose Host is not its target, or whose head has no end", async () => {
    const rig = await rigFor([]);
    const other = `GET http://www.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${login}\r\n`;
    expect(statusOf(await (await rig.say(other)).closed)).toBe(400);
    const long = getFrom("www.example", `${login}X: ${"a".repeat(20_000)}\r\n`);
    expect(statusOf(await (await rig.say(long)).closed)).toBe(431);
    expect(rig.looked).toEqual([]);
  });
});

describe("A request in absolute-form", () => {
  it("goes on without what tells of the home, and the answer comes back", async () => {
    const server = answering(
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: x\r\nConnection: X-Own\r\nX-Own: 1\r\nX-Kept: 1\r\n\r\nhi",
    );
    const { port } = await server.place;
    const rig = await rigFor([`127.0.0.1:${port}`]);
    const more = `${login}X-Forwarded-For: 192.168.0.2\r\nVia: 1.0 a\r\nConnection: close, X-Mine, Upgrade\r\nUpgrade: h2c\r\nX-Mine: 1\r\nX-Kept: 2\r\n`;
    const text = await (await rig.say(getFrom(`127.0.0.1:${port}`, more))).closed;
    expect(statusOf(text)).toBe(200);
    expect(text).toMatch(/x-kept: 1/i);
    expect(text).not.toMatch(/via:|x-own/i);
    expect(text.endsWith("hi")).toBe(true);
    expect(server.heard.join("")).toBe(
      `GET /x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Kept: 2\r\nConnection: close\r\n\r\n`,
    );
  });

  it.each([
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"],
    ["HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"],
    ["HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n"],
    [`HTTP/1.1 200 OK\r\nX: ${"a".repeat(20_000)}\r\n\r\n`],
    ["HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"],
    ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
    ["HTTP/1.1 999 Odd\r\n\r\n"],
    ["nonsense"],
    [""],
  ])("whose answer cannot be told on gets 502 (%#)", async (answer) => {
    const { port } = await answering(answer).place;
    const rig = await rigFor([`127.0.0.1:${port}`]);
    const more = `${login}Connection: close\r\n`;
    expect(statusOf(await (await rig.say(getFrom(`127.0.0.1:${port}`, more))).closed)).toBe(502);
  });

  it("is not waited for without end, and what breaks off does not look whole", async () => {
    const silent = await place(() => undefined);
    const clock = new FakeClock();
    const half = answering("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf");
    const { port } = await half.place;
    const rig = await rigFor([`127.0.0.1:${silent.port}`, `127.0.0.1:${port}`], { idleMs: 1_000 }, clock);
    const more = `${login}Connection: close\r\n`;
    const said = await rig.say(getFrom(`127.0.0.1:${silent.port}`, more));
    await until(() => expect(silent.sockets).toHaveLength(1));
    await until(() => expect(rig.desk.counters().requests).toBe(1));
    await clock.advance(1_001);
    expect(statusOf(await said.closed)).toBe(504);
    const broken = await rig.say(getFrom(`127.0.0.1:${port}`));
    expect(await broken.closed).toMatch(/content-length: 20\r\n.*half$/is);
  });

  it("ends at the server when the client leaves", async () => {
    const silent = await place((socket) => socket.resume());
    const rig = await rigFor([`127.0.0.1:${silent.port}`]);
    const said = await rig.say(getFrom(`127.0.0.1:${silent.port}`));
    await until(() => expect(rig.desk.counters().requests).toBe(1));
    said.socket.destroy();
    await until(() => expect(silent.sockets[0]?.closed || silent.sockets[0]?.readableEnded).toBe(true));
  });
});
