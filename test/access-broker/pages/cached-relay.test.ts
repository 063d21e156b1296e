import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import type { RelayLink, RelayRequest, RelayViewer } from "../../../access-broker/pages/page-relay.ts";
import type { SocketLink } from "../../../access-broker/pages/socket-relay.ts";
import { createPagesDoor, type PagesDoor } from "../../../access-broker/pages-door.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";
import { wholeGrant } from "../../../gateway-core/contract/grant.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

const style = "a{color:red}".repeat(100);
const page = (value: string): string =>
  `<!doctype html><title>Home</title><p>${value}</p>${"<p>x".repeat(200)}<form><button>off</button></form>`;
const forever = "public, max-age=31536000, immutable";

describe("The relay with its cache", () => {
  const clock = new FakeClock();
  let asked: { readonly home: string; readonly target: string; readonly headers: Headers }[];
  let away: Set<string>;
  let ended: Set<string>;
  let answer: (home: string, request: RelayRequest) => Response;
  let door: PagesDoor;
  beforeEach(() => {
    asked = [];
    away = new Set();
    ended = new Set();
    answer = (_, { target }) =>
      target.startsWith("/assets/")
        ? new Response(style, { headers: { "content-type": "text/css", "cache-control": forever } })
        : new Response(page(target), {
            headers: {
              "content-type": "text/html",
              vary: "accept-language, cookie",
              "cache-control": "private, no-cache",
              link: "<assets/a.css>; rel=preload; as=style",
            },
          });
    const find = (home: string): RelayLink & SocketLink => ({
      openSocket: () => Promise.reject(new HomeError("not-found", "none")),
      isPageOffered: true,
      async request(request) {
        if (away.has(home)) throw new HomeError("home-away", "away");
        asked.push({ home, target: request.target, headers: request.headers });
        return answer(home, request);
      },
    });
    door = createPagesDoor({ clock, find, sightOf: async (session) => (ended.has(session) ? undefined : "all") });
  });

  const hanako: RelayViewer = { user: "hanako", session: "s1", grant: wholeGrant, sight: "all", source: "192.0.2.1" };
  const get = (target: string, headers: Record<string, string> = {}, viewer = hanako, home = "home-1") =>
    door.relay(
      {
        ...{ method: "GET", authority: `${home}.example`, target, body: new Uint8Array(0) },
        headers: new Headers({ accept: "text/html", ...headers }),
        signal: new AbortController().signal,
      },
      home,
      viewer,
    );
  const targets = (): readonly string[] => asked.map(({ target }) => target);
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it("fetches a file of the page once for a home's people, and never for another home's", async () => {
    for (const viewer of [hanako, { ...hanako, user: "taro", session: "s2" }]) {
      expect(await (await get("/assets/a.css", {}, viewer)).text()).toBe(style);
    }
    expect(asked.length).toBe(1);
    await get("/assets/a.css", {}, hanako, "home-2");
    expect(asked.map(({ home }) => home)).toEqual(["home-1", "home-2"]);
    away.add("home-1");
    expect((await get("/assets/a.css")).status).toBe(200);
  });

  it("tells the home neither the cookies nor the tags of who happened to ask first", async () => {
    await get("/assets/a.css", { cookie: "a=1", "if-none-match": '"x"', range: "bytes=0-1" });
    expect([...(asked[0]?.headers.keys() ?? [])]).not.toEqual(expect.arrayContaining(["cookie"]));
    for (const name of ["if-none-match", "range"]) expect(asked[0]?.headers.has(name)).toBe(false);
  });

  it("sends a file precompressed, each coding with a tag of its own, and 304 to who has it", async () => {
    const codings: Record<string, (octets: Uint8Array) => string> = {
      br: (octets) => brotliDecompressSync(octets).toString(),
      gzip: (octets) => gunzipSync(octets).toString(),
    };
    const tags = new Set<string | null>();
    for (const [coding, decode] of Object.entries(codings)) {
      const first = await get("/assets/a.css", { "accept-encoding": coding });
      expect(first.headers.get("content-encoding")).toBe(coding);
      expect(first.headers.get("vary")).toBe("accept-encoding");
      expect(decode(await first.bytes())).toBe(style);
      const etag = first.headers.get("etag") ?? "";
      tags.add(etag);
      const again = await get("/assets/a.css", { "accept-encoding": coding, "if-none-match": etag });
      expect([again.status, again.body, again.headers.get("etag")]).toEqual([304, null, etag]);
    }
    expect(tags.size).toBe(2);
    expect(asked.length).toBe(2);
  });

  it.each([
    ["private", { "cache-control": "private, immutable" }],
    ["with a cookie", { "cache-control": forever, "set-cookie": "a=1" }],
    ["that varies by person", { "cache-control": forever, vary: "cookie" }],
  ])("keeps no file that the home answers %s", async (_, headers) => {
    answer = () => new Response(style, { headers: { "content-type": "text/css", ...headers } });
    await get("/assets/a.css");
    await get("/assets/a.css");
    expect(asked.length).toBe(2);
    expect(door.cache.octets).toBe(0);
  });

  it("keeps no data: while the home is there each is asked, and of a home that is away there is none", async () => {
    answer = () => new Response("{}", { headers: { "content-type": "application/json", "cache-control": forever } });
    for (const path of ["/api/home", "/api/home", "/things", "/page.css"]) await get(path);
    expect(asked.length).toBe(4);
    expect(door.cache.octets).toBe(0);
    away.add("home-1");
    await expect(get("/api/home")).rejects.toMatchObject({ code: "home-away" });
  });

  it("asks the home whether a page is still so, each time, and is told the whole only when it is not", async () => {
    const first = await get("/", { "accept-encoding": "br" });
    expect(brotliDecompressSync(await first.bytes()).toString()).toBe(page("/"));
    const etag = first.headers.get("etag") ?? "";
    expect(first.headers.get("vary")).toBe("accept-language, cookie, accept-encoding");
    answer = (_, { headers }) => new Response(null, { status: headers.get("if-none-match") === etag ? 304 : 500 });
    expect(await (await get("/")).text()).toBe(page("/"));
    expect((await get("/", { "if-none-match": etag })).status).toBe(304);
    answer = () => new Response(page("new"), { headers: { "content-type": "text/html" } });
    expect(await (await get("/", { "if-none-match": etag })).text()).toBe(page("new"));
    expect(targets().filter((target) => target === "/").length).toBe(4);
  });

  it("keeps a page for its session, its rights and its language alone", async () => {
    await get("/", { "accept-language": "ja" });
    await settled();
    const others: [Record<string, string>, RelayViewer][] = [
      [{ "accept-language": "en" }, hanako],
      [{ "accept-language": "ja" }, { ...hanako, session: "s2" }],
      [{ "accept-language": "ja" }, { ...hanako, sight: "less" }],
    ];
    for (const [headers, viewer] of others) {
      await get("/", headers, viewer);
      expect(
        asked
          .filter(({ target }) => target === "/")
          .at(-1)
          ?.headers.has("if-none-match"),
      ).toBe(false);
    }
  });

  it("fetches what a page needs before the browser asks for it", async () => {
    await get("/", { "accept-encoding": "gzip" });
    await expect.poll(targets).toEqual(["/", "/assets/a.css"]);
    expect((await get("/assets/a.css", { "accept-encoding": "gzip" })).headers.get("content-encoding")).toBe("gzip");
    expect(asked.length).toBe(2);
  });

  describe("of a home that is away", () => {
    beforeEach(async () => {
      await get("/");
      away.add("home-1");
      await clock.advance(5 * 60_000);
    });

    it("shows a person the last page, with its age and nothing to touch", async () => {
      const answered = await get("/", { "accept-language": "ja" });
      const text = await answered.text();
      expect(answered.status).toBe(200);
      expect(Object.fromEntries(answered.headers)).toMatchObject({ age: "300", "cache-control": "no-store" });
      expect(answered.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(text).toContain("5 分前の様子です");
      expect(text).toContain("<p>/</p>");
      expect(text).not.toContain("<button>");
    });

    it("shows it to this person alone", async () => {
      const others = [
        get("/", {}, { ...hanako, user: "taro", session: "s3" }),
        get("/", {}, { ...hanako, sight: "less" }),
        get("/devices/lamp"),
        get("/", { accept: "application/json" }),
      ];
      for (const other of others) await expect(other).rejects.toMatchObject({ code: "home-away" });
      away.add("home-2");
      await expect(get("/", {}, hanako, "home-2")).rejects.toMatchObject({ code: "home-away" });
    });

    it("shows it on the person's other devices too, as long as the session that it was given to stands", async () => {
      const phone = { ...hanako, session: "s9" };
      expect((await get("/", {}, phone)).status).toBe(200);
      ended.add("s1");
      await expect(get("/", {}, phone)).rejects.toMatchObject({ code: "home-away" });
    });

    it("forgets it with the session, with the person, and after a day", async () => {
      const isShown = async () => (await get("/").catch(() => undefined)) !== undefined;
      expect(await isShown()).toBe(true);
      await clock.advance(24 * 60 * 60_000);
      expect(await isShown()).toBe(false);
      away.clear();
      for (const forget of [() => door.cache.forgetSession("s1"), () => door.cache.forgetPeople("home-1")]) {
        await get("/");
        away.add("home-1");
        expect(await isShown()).toBe(true);
        forget();
        expect(await isShown()).toBe(false);
        away.clear();
      }
    });
  });

  it("fetches the first pages of its people anew when a home comes back, of sessions that stand", async () => {
    await get("/", { "accept-encoding": "br" });
    await get("/", {}, { ...hanako, session: "s2" });
    await get("/devices/lamp");
    await settled();
    ended.add("s2");
    asked = [];
    answer = (_, { target }) => new Response(page(`new ${target}`), { headers: { "content-type": "text/html" } });
    await Promise.all([door.warm("home-1"), door.warm("home-1")]);
    expect(targets()).toEqual(["/"]);
    away.add("home-1");
    expect(await (await get("/")).text()).toContain("new /");
  });

  it("hands a page on that is too long to keep", async () => {
    const long = "x".repeat(3 * 1024 * 1024);
    answer = () => new Response(long, { headers: { "content-type": "text/html" } });
    expect((await (await get("/")).text()) === long).toBe(true);
    expect(door.cache.octets).toBe(0);
  });
});
