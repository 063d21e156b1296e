import { describe, expect, it } from "vitest";
import { judgeHttp, longestBody } from "../../../access-broker/request-firewall/http-rules.ts";
import { wholeGrant } from "../../../gateway-core/contract/grant.ts";

interface More {
  readonly contentType?: string;
  readonly length?: number;
  readonly rights?: "all" | "view";
}
const judge = (method: string, target: string, more: More = {}) => {
  const { contentType, length = 0, rights = "all" } = more;
  const body = new Uint8Array(length);
  const verdict = judgeHttp({ method, target, contentType, body, rights, grant: wholeGrant, now: 0 });
  return verdict.allow ? "allow" : verdict.reason.code;
};
const json = { contentType: "application/json", length: 4 };

describe("The first firewall lets pass", () => {
  it.each([
    ["GET", "/"],
    ["HEAD", "/"],
    ["GET", "/?result=done"],
    ["GET", "/api/home"],
    ["GET", "/api/attention"],
    ["GET", "/api/events"],
    ["GET", "/api/devices/light-1/properties"],
    ["GET", "/api/devices/light-1/properties/power"],
    ["GET", "/devices/light-1"],
    ["GET", "/things"],
    ["GET", "/things/light-1"],
    ["GET", "/assets/main-B1x_9.js"],
    ["GET", "/favicon.svg"],
  ])("%s %s", (method, target) => expect(judge(method, target)).toBe("allow"));

  it.each([
    ["PUT", "/api/devices/light-1/properties/power", json],
    ["PUT", "/api/devices/light-1/properties", json],
    ["PUT", "/api/devices/light-1/appearance", json],
    ["POST", "/api/devices/light-1/actions/start", json],
    ["POST", "/api/devices/light-1/properties/power", { contentType: "application/x-www-form-urlencoded", length: 9 }],
    ["PUT", "/api/devices/a/properties/b", { contentType: "Application/JSON; charset=utf-8", length: 4 }],
  ])("%s %s with its body", (method, target, more) => expect(judge(method, target, more)).toBe("allow"));
});

describe("The first firewall keeps out", () => {
  it.each([
    "/admin",
    "/metrics",
    "/health",
    "/api",
    "/api/",
    "/api/devices",
    "/api/devices/Light/properties/x",
    "/api/devices/light-1/properties/power/set",
    "/red/editor",
    "",
    "*",
    "http://home/",
    "https://other.example/api/home",
    "//evil.example/",
    "/../etc/passwd",
    "/api/../admin",
    "/api/./home",
    "/api//home",
    "/api/home/",
    "/%2e%2e/x",
    "/api%2fhome",
    "/api/home%00",
    "/api/home\\x",
    "/api/home;x=1",
    "/api/home#x",
    "/api/home\u0000",
    "/api/ho me",
    "/?a=b c",
    "/?a=\u00e9",
    `/assets/${"a".repeat(3_000)}`,
  ])("the path %j", (target) => expect(judge("GET", target)).toBe("not-found"));

  it.each([
    ["POST", "/"],
    ["DELETE", "/api/home"],
    ["OPTIONS", "/api/home"],
    ["TRACE", "/"],
    ["CONNECT", "/"],
    ["get", "/"],
    ["PATCH", "/api/devices/light-1/properties/power"],
  ])("the method %s %s", (method, target) => expect(judge(method, target)).toBe("method-not-allowed"));

  it("a body that is too large, of another kind, or where there is none", () => {
    const target = "/api/devices/a/properties/b";
    expect(judge("PUT", target, { ...json, length: longestBody })).toBe("allow");
    expect(judge("PUT", target, { ...json, length: longestBody + 1 })).toBe("body-too-large");
    expect(judge("PUT", target, { contentType: "text/xml", length: 1 })).toBe("unsupported-media-type");
    expect(judge("PUT", target, { length: 1 })).toBe("unsupported-media-type");
    expect(judge("GET", "/api/home", json)).toBe("unsupported-media-type");
  });
});

describe("A session that may only look", () => {
  it.each(["GET", "HEAD"])("reads (%s)", (method) => {
    for (const target of ["/", "/api/home", "/api/events", "/api/devices/light-1/properties/power", "/c/x"]) {
      expect(judge(method, target, { rights: "view" }), target).toBe("allow");
    }
  });
  it.each([
    ["PUT", "/api/devices/light-1/properties/power"],
    ["PUT", "/api/devices/light-1/properties"],
    ["POST", "/api/devices/light-1/properties/power"],
    ["PUT", "/api/devices/light-1/appearance"],
    ["POST", "/api/devices/light-1/actions/start"],
    ["POST", "/api/devices/light-1/stream"],
    ["DELETE", "/api/streams/one"],
    ["POST", "/c/x"],
  ])("changes nothing: %s %s", (method, target) => {
    expect(judge(method, target, { ...json, rights: "view" })).toBe("view-only");
    expect(judge(method, target, json)).toBe("allow");
  });
});
