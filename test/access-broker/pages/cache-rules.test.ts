import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isOwnPage, isSharedAsset, keepingOf } from "../../../access-broker/pages/cache-rules.ts";
import { encodingFor, isNamed } from "../../../access-broker/pages/encoding.ts";

describe("The access broker's cache", () => {
  it.each([
    ["/assets/main-abc123.js", "asset"],
    ["/assets/style.css", "asset"],
    ["/", "page"],
    ["/devices/lamp-1", "page"],
    ["/c/lamp/2", "page"],
  ])("may keep %s as %s", (target, keeping) => expect(keepingOf("GET", target)).toBe(keeping));

  it.each([
    "/page.css",
    "/api/home/x.css",
    "/api/home",
    "/api/home;.css",
    "/api/home%2fx.css",
    "/api/events/assets/x.css",
    "/things/lamp.css",
    "/assets/../api/home",
    "/assets/x/y.css",
    "/assets/.css",
    "/assets/x.css?user=1",
    "/devices/lamp.css",
    "/devices/lamp/x.css",
    "/devices/lamp?x.css",
    "/?x.css",
    "/favicon.svg",
  ])("never keeps %s: no ending of a path makes data cacheable", (target) => {
    expect(keepingOf("GET", target)).toBe("nothing");
  });

  it("keeps nothing that was asked otherwise than by GET", () => {
    for (const method of ["HEAD", "POST", "PUT", "get"]) expect(keepingOf(method, "/assets/x.css")).toBe("nothing");
  });

  it("keeps no data, whatever is put around their path", () => {
    const noise = fc.stringMatching(/^[a-z.;%/?=_-]{0,12}$/);
    fc.assert(
      fc.property(noise, (after) => keepingOf("GET", `/api/home${after}`) === "nothing"),
      { numRuns: 500 },
    );
  });

  const good = { "content-type": "text/css; charset=utf-8", "cache-control": "public, max-age=31536000, immutable" };
  const shared = (changed: Record<string, string>, status = 200) =>
    isSharedAsset("/assets/x.css", status, new Headers({ ...good, ...changed }));

  it("shares a file among a home's people only when the home says that it never changes", () => {
    expect(shared({})).toBe(true);
    expect(shared({ vary: "accept-encoding" })).toBe(true);
    expect(shared({ "cache-control": "public, max-age=31536000" })).toBe(false);
    expect(shared({ "cache-control": "private, immutable" })).toBe(false);
    expect(shared({ "cache-control": "public, immutable, private" })).toBe(false);
    expect(shared({ "cache-control": "public, immutable, no-store" })).toBe(false);
    expect(shared({ "cache-control": 'public, immutable, no-cache="x"' })).toBe(false);
    expect(shared({ "set-cookie": "a=1" })).toBe(false);
    expect(shared({ vary: "cookie" })).toBe(false);
    expect(shared({ vary: "*" })).toBe(false);
    expect(shared({ "content-type": "text/html" })).toBe(false);
    expect(shared({}, 206)).toBe(false);
    expect(shared({}, 404)).toBe(false);
  });

  it("keeps a page for its session unless the home forbids it or sets a cookie with it", () => {
    const own = (changed: Record<string, string>, status = 200) =>
      isOwnPage(status, new Headers({ "content-type": "text/html", "cache-control": "private, no-cache", ...changed }));
    expect(own({})).toBe(true);
    expect(own({ "cache-control": "private, no-store" })).toBe(false);
    expect(own({ "set-cookie": "a=1" })).toBe(false);
    expect(own({ "content-type": "application/json" })).toBe(false);
    expect(own({ "content-encoding": "br" })).toBe(false);
    expect(own({}, 404)).toBe(false);
  });

  it("chooses the smallest coding that is taken", () => {
    expect(encodingFor("gzip, deflate, br, zstd")).toBe("br");
    expect(encodingFor("gzip;q=0.5")).toBe("gzip");
    expect(encodingFor("br;q=0, gzip;q=0.0")).toBe("identity");
    expect(encodingFor(null)).toBe("identity");
    expect(encodingFor("*")).toBe("identity");
  });

  it("knows a tag again, weak or strong, among others", () => {
    expect(isNamed('"a", W/"b"', '"b"')).toBe(true);
    expect(isNamed('"a"', 'W/"a"')).toBe(true);
    expect(isNamed("*", '"a"')).toBe(true);
    expect(isNamed('"ab"', '"a"')).toBe(false);
    expect(isNamed(null, '"a"')).toBe(false);
  });
});
