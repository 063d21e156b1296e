import { describe, expect, it } from "vitest";
import { addressOf, parseAvOrigin } from "../../gateway-core/av-sources/av-origin.ts";
import { parseAvSettings, sourceIdOf } from "../../gateway-core/av-sources/av-settings.ts";

const secret = "pa%3Ass";

describe("Where a source is", () => {
  it.each([
    ["/srv/tv/news.ts", { type: "file", path: "/srv/tv/news.ts" }, "/srv/tv/news.ts"],
    ["file:///srv/a%20clip.dv", { type: "file", path: "/srv/a clip.dv" }, "/srv/a clip.dv"],
    ["tcp://10.0.0.2:9000", { type: "tcp", host: "10.0.0.2", port: 9000 }, "tcp://10.0.0.2:9000"],
    ["tcp://[fe80::1]:80", { type: "tcp", host: "fe80::1", port: 80 }, "tcp://[fe80::1]:80"],
  ])("is read from %s", (from, origin, address) => {
    expect(parseAvOrigin(from)).toEqual(origin);
    expect(addressOf(parseAvOrigin(from))).toBe(address);
  });

  it("is told without the name, the password and the key that its address has in it", () => {
    const origin = parseAvOrigin(`https://view%40er:${secret}@tuner.home:8080/ch/1?key=abc#top`);
    expect(origin).toMatchObject({ type: "http", authorization: `Basic ${btoa("view@er:pa:ss")}` });
    expect(addressOf(origin)).toBe("https://tuner.home:8080/ch/1");
    expect(origin).toMatchObject({ url: new URL("https://tuner.home:8080/ch/1?key=abc") });
    expect(parseAvOrigin("http://tuner/")).not.toHaveProperty("authorization");
  });

  it.each([
    "",
    "clip.ts",
    "../clip.ts",
    "/a\0b",
    "file://elsewhere/clip.ts",
    "ftp://tuner/1",
    "udp://239.0.0.1:1234",
    "tcp://tuner",
    "tcp://tuner:0",
    "tcp://tuner:65536",
    "tcp://:9000",
    `tcp://viewer:${secret}@tuner:9000`,
    "tcp://tuner:9000/path",
    "tcp://tuner:9000?a",
    "tcp://tuner:9000#a",
    "http://",
    `http://a%3Ab:${secret}@tuner/`,
    `http://viewer:%E0%A4${secret}@tuner/`,
  ])("is not %j, and that is said without repeating it", (from) => {
    const thrown = (() => {
      try {
        return parseAvOrigin(from);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toMatchObject({ code: "settings-invalid", details: { key: "media.sources" } });
    expect(JSON.stringify(thrown) + String(thrown)).not.toContain(secret);
  });
});

describe("The sources of a home", () => {
  const [name, from] = ["Living room tuner", "http://tuner/1"];

  it("have an id that is their name's, whatever else is set of them", () => {
    const { sources } = parseAvSettings({
      sources: [
        { name, from, kind: "tv" },
        { name: "録画", from: "/a.ts", loop: true },
      ],
    });
    expect(sources).toMatchObject([
      { id: "av-living-room-tuner", name, kind: "tv", loop: false },
      { id: sourceIdOf("録画"), loop: true },
    ]);
    expect(sourceIdOf("録画")).toMatch(/^av-[0-9a-f]{12}$/);
    expect(sourceIdOf("録画 2")).not.toBe(sourceIdOf("録画"));
    expect([sourceIdOf("a_b"), sourceIdOf(" - ")].every((id) => /^av-[0-9a-f]{12}$/.test(id))).toBe(true);
  });

  it("are none unless told", () => {
    expect(parseAvSettings({})).toEqual({ sources: [], pollMs: 5_000 });
  });

  it.each([
    { sources: {} },
    { sources: ["http://tuner/"] },
    { sources: [{ name, from, extra: 1 }] },
    { sources: [{ name: "  ", from }] },
    { sources: [{ name: "x".repeat(61), from }] },
    { sources: [{ name }] },
    { sources: [{ name, from, kind: "spaceship" }] },
    { sources: [{ name, from, loop: 1 }] },
    {
      sources: [
        { name, from },
        { name: "living-room tuner", from: "/a.ts" },
      ],
    },
    { sources: [], pollMs: 1 },
    { sources: [], more: 1 },
  ])("are judged strictly: %j", (settings) => {
    expect(() => parseAvSettings(settings)).toThrow(expect.objectContaining({ code: "settings-invalid" }));
  });
});
