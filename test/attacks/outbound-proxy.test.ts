/**
 * Attacks on the outbound proxy: whoever has its credential tries to reach what lies inside, to be somebody else, or to
 * have it say to others what it should keep. The last part leaves one defence out each time, and the same attack succeeds.
 */

import { afterEach, describe, expect, it } from "vitest";
import { createProxyRules, type ProxyRules } from "../../access-broker/outbound-proxy/proxy-rules.ts";
import { credential, openPlace, openProxyRig, type ProxyRig } from "../access-broker/outbound-proxy/proxy-rig.ts";
import { FakeClock } from "../fakes/fake-host.ts";
import { until } from "../until.ts";

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});
const rigFor = async (...all: Parameters<typeof openProxyRig>): Promise<ProxyRig> =>
  opened.use(await openProxyRig(...all));

/** A server inside that nobody may reach; it hears what it is told. */
async function inside() {
  const heard: string[] = [];
  const place = opened.use(
    await openPlace((socket) => {
      socket.setEncoding("latin1").on("data", (text: string) => {
        heard.push(text);
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret");
      });
    }),
  );
  return { heard, ...place };
}

const login = `Proxy-Authorization: ${credential}\r\n`;
const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
const connectTo = (to: string): string => `CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n${login}\r\n`;
const get = (authority: string, more = ""): string =>
  `GET http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\n${login}${more}Connection: close\r\n\r\n`;

/** Addresses that are nobody's out in the internet, in every spelling that leads to one. */
const places = [
  ..."127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.251".split(
    " ",
  ),
  ..."[::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe]".split(" "),
  ..."[2002:7f00:1::] [2002:a9fe:a9fe::] [fd00::1] [fe80::1] [fec0::1] [ff02::1] [2001::1]".split(" "),
  ..."2130706433 0x7f000001 0x7f.1 017700000001 127.1 127.0.1 ⑫7.0.0.1 １２７.0.0.1 127。0。0。1 127.0.0.1.".split(" "),
  ..."localhost localhost. %31%32%37.0.0.1 user@127.0.0.1 127.0.0.1%00.example genkan.localhost n.genkan.localhost".split(
    " ",
  ),
];

describe("Server-side request forgery", () => {
  it("is refused for each place inside, by a tunnel and by a request, in whatever spelling", async () => {
    const rig = await rigFor([]);
    for (const place of places) {
      const [tunnelled, asked] = await Promise.all(
        [connectTo(`${place}:443`), get(place)].map(
          async (text) => (await rig.say(Buffer.from(text).toString("latin1"))).closed,
        ),
      );
      for (const text of [tunnelled, asked]) expect([400, 403, 502], place).toContain(statusOf(text ?? ""));
    }
    expect(rig.desk.counters()).toMatchObject({ tunnels: 0, requests: 0 });
  });

  it.each([22, 25, 80, 110, 3128, 8080, 8443])(
    "is refused for a tunnel to port %i, and for a request except to 80",
    async (port) => {
      const rig = await rigFor([]);
      expect(statusOf(await (await rig.say(connectTo(`8.8.8.8:${port}`))).closed)).toBe(403);
      if (port !== 80) expect(statusOf(await (await rig.say(get(`8.8.8.8:${port}`))).closed)).toBe(403);
    },
  );

  it("is refused where one of a name's addresses lies inside, at the moment when it is looked up", async () => {
    const { heard } = await inside();
    const rig = await rigFor([]);
    for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "100.64.0.1"]) {
      rig.names = { "evil.example": ["8.8.8.8", address] };
      expect(statusOf(await (await rig.say(connectTo("evil.example:443"))).closed), address).toBe(502);
    }
    expect(heard).toEqual([]);
  });
});

describe("A tunnel or answer without end", () => {
  it("ends when its time is over, however busy it is, and when the home's octets of the day are", async () => {
    const echo = opened.use(await openPlace((socket) => void socket.pipe(socket)));
    const target = `127.0.0.1:${echo.port}`;
    const clock = new FakeClock();
    const rig = await rigFor([target], { idleMs: 10_000, longestMs: 25_000 }, clock);
    const said = await rig.say(connectTo(target));
    await until(() => expect(said.text()).toContain(" 200 "));
    for (let n = 1; n <= 3; n++) {
      said.socket.write("x");
      await until(() => expect(rig.desk.counters().octets).toBe(2 * n));
      await clock.advance(8_000);
    }
    expect(said.socket.closed).toBe(false);
    await clock.advance(1_001);
    await said.closed;
    const small = await rigFor([target], { octetsPerDay: 1_000 });
    const greedy = await small.say(connectTo(target));
    await until(() => expect(greedy.text()).toContain(" 200 "));
    greedy.socket.write("x".repeat(5_000));
    await greedy.closed;
  });
});

describe("A credential", () => {
  it("of the proxy goes to no server, and a server's own is none of the proxy's", async () => {
    const { heard, port } = await inside();
    const target = `127.0.0.1:${port}`;
    const rig = await rigFor([target]);
    expect(await (await rig.say(get(target, "Authorization: Basic dXNlcjpwYXNz\r\n"))).closed).toMatch(/secret$/);
    expect(heard.join("")).toBe(
      `GET / HTTP/1.1\r\nHost: ${target}\r\nAuthorization: Basic dXNlcjpwYXNz\r\nConnection: close\r\n\r\n`,
    );
    const swapped = `GET http://${target}/ HTTP/1.1\r\nHost: ${target}\r\nAuthorization: ${credential}\r\nConnection: close\r\n\r\n`;
    expect(statusOf(await (await rig.say(swapped)).closed)).toBe(407);
  });

  it("is one: two are refused, and so is one that Connection would take away", async () => {
    const rig = await rigFor([]);
    const other = `Proxy-Authorization: Basic ${Buffer.from("090-9999-9999/pc:right").toString("base64")}\r\n`;
    for (const lines of [login + other, other + login]) {
      const text = `CONNECT www.example:443 HTTP/1.1\r\nHost: www.example:443\r\n${lines}\r\n`;
      expect(statusOf(await (await rig.say(text)).closed)).toBe(400);
    }
    expect(rig.looked).toEqual([]);
  });
});

describe("A second request hidden in the first", () => {
  it("is never read as one of its own", async () => {
    const { heard, port } = await inside();
    const target = `127.0.0.1:${port}`;
    const rig = await rigFor([target]);
    const hidden = `GET http://${target}/hidden HTTP/1.1\r\nHost: ${target}\r\n\r\n`;
    const head = `POST http://${target}/ HTTP/1.1\r\nHost: ${target}\r\n${login}`;
    for (const rest of [
      `Content-Length: ${hidden.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
      `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
      `Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${hidden}`,
      `Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
      `X: a\r\n\x20Transfer-Encoding: chunked\r\n\r\n${hidden}`,
    ]) {
      expect(statusOf(await (await rig.say(head + rest)).closed), JSON.stringify(rest)).toBe(400);
    }
    expect(heard).toEqual([]);
  });
});

describe("Each defence is what stops its attack", () => {
  const rules = createProxyRules({ allow: [], deny: [], ownHost: "genkan.localhost", ownAddresses: () => [] });
  const attack = async (left: ProxyRules, host: string): Promise<boolean> => {
    const { heard, port } = await inside();
    const rig = await rigFor([], {}, undefined, left);
    rig.names = { "evil.example": ["127.0.0.1"] };
    await (await rig.say(get(`${host}:${port}`))).closed;
    return heard.length > 0;
  };
  const anyPort: ProxyRules = {
    ...rules,
    judgeTarget: (target, way) => {
      const refusal = rules.judgeTarget(target, way);
      return refusal === "port" ? undefined : refusal;
    },
  };

  it("the ports: without them and without the addresses a server inside is reached", async () => {
    const open: ProxyRules = { judgeTarget: () => undefined, judgeAddress: () => undefined };
    expect(await attack(open, "127.0.0.1")).toBe(true);
    expect(await attack({ ...open, judgeTarget: rules.judgeTarget }, "127.0.0.1")).toBe(false);
  });

  it("the addresses of names: without them a name leads inside", async () => {
    expect(await attack({ ...anyPort, judgeAddress: () => undefined }, "evil.example")).toBe(true);
    expect(await attack(anyPort, "evil.example")).toBe(false);
  });
});
