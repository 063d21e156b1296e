import { describe, expect, it } from "vitest";
import { headersToHome, headersToViewer } from "../../../access-broker/pages/relay-headers.ts";
import type { Grant } from "../../../gateway-core/contract/grant.ts";

const grant: Grant = { devices: { "lamp-1": { access: "view", properties: ["on"] } } };
const viewer = { name: "花子", session: "opaque", grant };
const toHome = (headers: HeadersInit) => Object.fromEntries(headersToHome(new Headers(headers), viewer));
const said = {
  "genkan-viewer": "%E8%8A%B1%E5%AD%90",
  "genkan-viewer-session": "opaque",
  "genkan-viewer-grant": encodeURIComponent(JSON.stringify(grant)),
};

describe("Towards a home", () => {
  it("goes what the viewer asks, and who the broker says that it is", () => {
    const asked = {
      accept: "text/html",
      "last-event-id": "a:1",
      "content-type": "application/json",
      origin: "https://x",
    };
    expect(toHome(asked)).toEqual({ ...asked, ...said });
  });

  it("goes no claim that the viewer makes of itself or of the way", () => {
    const claims = {
      "genkan-viewer": "admin",
      "genkan-viewer-session": "x",
      "genkan-viewer-grant": encodeURIComponent('{"devices":{"*":{"access":"control"}}}'),
      "genkan-anything": "x",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      forwarded: "for=127.0.0.1",
      "x-real-ip": "127.0.0.1",
      authorization: "Bearer x",
      "proxy-authorization": "Basic x",
      host: "other",
      via: "1.1 x",
    };
    expect(toHome(claims)).toEqual(said);
  });

  it("goes nothing that belongs to one connection, whatever Connection names", () => {
    const hops = {
      connection: "close, X-Secret , accept, genkan-viewer",
      "x-secret": "1",
      accept: "text/html",
      "keep-alive": "5",
      te: "trailers",
      upgrade: "h2c",
      "http2-settings": "AAA",
      "transfer-encoding": "chunked",
    };
    expect(toHome(hops)).toEqual(said);
  });

  it("go the viewer's other cookies, never the session", () => {
    expect(toHome({ cookie: "a=1; __Host-genkan=secret; b=2" })["cookie"]).toBe("a=1; b=2");
    expect(toHome({ cookie: "__Host-genkan=secret" })).toEqual(said);
    expect(toHome({ cookie: " __Host-genkan =secret" })).toEqual(said);
  });
});

describe("Towards a viewer", () => {
  it("goes the home's answer without what only the broker may say", () => {
    const told = headersToViewer(
      new Headers([
        ["content-type", "text/html"],
        ["strict-transport-security", "max-age=1"],
        ["alt-svc", "h3"],
        ["genkan-x", "1"],
        ["connection", "x-hop"],
        ["x-hop", "1"],
        ["set-cookie", "theme=dark"],
        ["set-cookie", "__Host-genkan=stolen; Path=/"],
        ["content-security-policy", "default-src 'self'"],
      ]),
    );
    expect(told.get("content-type")).toBe("text/html");
    for (const gone of ["strict-transport-security", "alt-svc", "genkan-x", "connection", "x-hop"]) {
      expect(told.has(gone), gone).toBe(false);
    }
    expect(told.getSetCookie()).toEqual(["theme=dark"]);
    expect(told.get("content-security-policy")).toBe("default-src 'self', frame-ancestors 'none'");
    expect(told.get("x-content-type-options")).toBe("nosniff");
  });
});
