import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeHttp } from "../../../access-broker/request-firewall/http-rules.ts";
import { type Grant, parseGrant, wholeGrant } from "../../../gateway-core/contract/grant.ts";

const noon = Date.parse("2026-11-26T12:00:00Z");
const guest = parseGrant({
  devices: {
    lamp: { access: "control", properties: ["on", "level"], actions: ["blink"] },
    meter: { access: "view", properties: ["power"] },
    vtr: { access: "view", streams: true },
    fan: { access: "control" },
  },
  window: { from: "2026-11-01T00:00:00Z", until: "2026-12-01T00:00:00Z", hours: { from: "09:00", until: "18:00" } },
});

function judge(method: string, target: string, body: unknown = undefined, grant: Grant = guest, now: number = noon) {
  const octets = new TextEncoder().encode(body === undefined ? "" : JSON.stringify(body));
  const contentType = body === undefined ? undefined : "application/json";
  const verdict = judgeHttp({ method, target, contentType, body: octets, rights: "all", grant, now });
  return verdict.allow ? "allow" : verdict.reason.code;
}

describe("A guest", () => {
  it.each([
    ["GET", "/"],
    ["GET", "/api/home"],
    ["GET", "/api/attention"],
    ["GET", "/api/events"],
    ["GET", "/things"],
    ["GET", "/assets/main.js"],
    ["GET", "/devices/lamp"],
    ["GET", "/things/meter"],
    ["GET", "/api/devices/meter/properties"],
    ["GET", "/api/devices/meter/properties/power"],
    ["GET", "/api/devices/meter/history/power?from=1&to=2&points=24&zone=Asia%2FTokyo"],
    ["GET", "/api/trends"],
    ["PUT", "/api/devices/lamp/properties/on", true],
    ["POST", "/api/devices/lamp/properties/level", 3],
    ["PUT", "/api/devices/lamp/properties", { on: true, level: 3 }],
    ["POST", "/api/devices/lamp/actions/blink", {}],
    ["POST", "/api/devices/vtr/stream", {}],
    ["DELETE", "/api/streams/one"],
    ["GET", "/api/streams/one"],
    ["GET", "/api/streams/one/video?rung=low"],
    ["GET", "/api/streams/one/index.m3u8"],
    ["GET", "/api/streams/one/low/index.m3u8"],
    ["GET", "/api/streams/one/low/init.mp4?of=1"],
    ["GET", "/api/streams/one/low/12.m4s"],
    ["GET", "/api/devices/vtr/snapshot.jpg"],
    ["GET", "/api/devices/vtr/motion.jpg"],
    ["POST", "/c/lamp"],
    ["GET", "/api/devices/lamp/appearance"],
    ["PUT", "/api/devices/fan/appearance", { name: "x" }],
  ])("may %s %s", (method, target, body = undefined) => expect(judge(method, target, body)).toBe("allow"));

  it.each([
    ["GET", "/devices/door", undefined, "unknown-device"],
    ["GET", "/things/door", undefined, "unknown-device"],
    ["GET", "/api/devices/door/properties", undefined, "unknown-device"],
    ["GET", "/api/devices/door/properties/open", undefined, "unknown-device"],
    ["PUT", "/api/devices/door/properties/open", true, "unknown-device"],
    ["PUT", "/api/devices/door/properties", { open: true }, "unknown-device"],
    ["POST", "/api/devices/door/actions/open", {}, "unknown-device"],
    ["POST", "/api/devices/door/stream", {}, "unknown-device"],
    ["GET", "/api/devices/constructor/properties", undefined, "unknown-device"],
    ["GET", "/api/devices/lamp/properties/colour", undefined, "unknown-property"],
    ["GET", "/api/devices/lamp/history/colour", undefined, "unknown-property"],
    ["GET", "/api/devices/door/history/open", undefined, "unknown-device"],
    ["PUT", "/api/devices/lamp/history/level", 1, "method-not-allowed"],
    ["PUT", "/api/devices/lamp/properties/colour", 1, "unknown-property"],
    ["PUT", "/api/devices/lamp/properties", { on: true, colour: 1 }, "unknown-property"],
    ["POST", "/api/devices/lamp/actions/explode", {}, "not-granted"],
    ["PUT", "/api/devices/meter/properties/power", 1, "not-granted"],
    ["PUT", "/api/devices/meter/properties", "x", "not-granted"],
    ["POST", "/api/devices/meter/stream", {}, "not-granted"],
    ["POST", "/api/devices/lamp/stream", {}, "not-granted"],
    ["GET", "/api/devices/lamp/snapshot.jpg", undefined, "not-granted"],
    ["GET", "/api/devices/lamp/motion.jpg", undefined, "not-granted"],
    ["GET", "/api/devices/door/snapshot.jpg", undefined, "unknown-device"],
    ["POST", "/api/streams/one/video", {}, "method-not-allowed"],
    ["GET", "/api/streams/one/low/init.mp4.exe", undefined, "not-found"],
    ["GET", "/api/streams/one/video/more", undefined, "not-found"],
    ["PUT", "/api/devices/lamp/appearance", { name: "x" }, "not-granted"],
    ["PUT", "/api/devices/vtr/appearance", { name: "x" }, "not-granted"],
    ["PUT", "/api/devices/door/appearance", { name: "x" }, "unknown-device"],
  ])("may not %s %s %j: %s", (method, target, body, code) => expect(judge(method, target, body)).toBe(code));

  it("who may only look changes nothing, by compact pages neither, and ends no stream without the right to any", () => {
    const looker = parseGrant({ devices: { "*": { access: "view" } } });
    expect(judge("GET", "/c/lamp", undefined, looker)).toBe("allow");
    expect(judge("POST", "/c/lamp", {}, looker)).toBe("not-granted");
    expect(judge("DELETE", "/api/streams/one", undefined, looker)).toBe("not-granted");
    expect(judge("PUT", "/api/devices/any/properties/on", true, looker)).toBe("not-granted");
  });

  it.each(["2026-10-31T12:00:00Z", "2026-12-01T12:00:00Z", "2026-11-26T08:59:59Z", "2026-11-26T18:00:00Z"])(
    "sees nothing at %s, outside of the hours",
    (at) => {
      for (const target of ["/", "/api/home", "/api/events", "/devices/lamp", "/devices/door", "/assets/main.js"]) {
        expect(judge("GET", target, undefined, guest, Date.parse(at)), target).toBe("not-granted");
      }
    },
  );

  it("is told of what is hidden as of what is not there: no different word, whatever the home has", () => {
    const refusalOf = (target: string) => {
      const verdict = judgeHttp({
        ...{ method: "GET", target, contentType: undefined, body: new Uint8Array(0), rights: "all" },
        ...{ grant: guest, now: noon },
      } as const);
      return verdict.allow ? undefined : verdict.reason.toBody();
    };
    expect(refusalOf("/devices/door")).toEqual({
      ...{ code: "unknown-device", message: "no device door is known", device: "door" },
    });
    expect(refusalOf("/api/devices/lamp/properties/colour")).toEqual({
      ...{ code: "unknown-property", message: "the device has no property colour", name: "colour" },
    });
  });
});

describe("Nothing that a grant does not name", () => {
  const id = fc.constantFrom("lamp", "door", "meter", "a-b", "constructor");
  const name = fc.constantFrom("on", "level", "open", "toString");
  const names = fc.option(fc.subarray(["on", "level", "open"]), { nil: undefined });
  const one = fc.record({ access: fc.constantFrom("view", "control"), properties: names, actions: names });
  const grant = fc
    .dictionary(fc.constantFrom("lamp", "door", "meter", "*"), one, { minKeys: 1, noNullPrototype: true })
    .map((devices) => parseGrant(JSON.parse(JSON.stringify({ devices }))));

  it("passes, to be seen or to be done", () => {
    fc.assert(
      fc.property(grant, id, name, name, (granted, device, first, second) => {
        const { devices } = granted;
        const of = Object.hasOwn(devices, device) ? devices[device] : devices["*"];
        const isAllowed = (method: string, path: string, body?: unknown) =>
          judge(method, path, body, granted) === "allow";
        const at = `/api/devices/${device}`;
        const sees = (property: string) => of !== undefined && (of.properties?.includes(property) ?? true);
        const controls = of?.access === "control";
        expect(isAllowed("GET", `/devices/${device}`)).toBe(of !== undefined);
        expect(isAllowed("GET", `/things/${device}`)).toBe(of !== undefined);
        expect(isAllowed("GET", `${at}/properties`)).toBe(of !== undefined);
        expect(isAllowed("GET", `${at}/properties/${first}`)).toBe(sees(first));
        expect(isAllowed("PUT", `${at}/properties/${first}`, 1)).toBe(controls && sees(first));
        const both = { [first]: 1, [second]: 2 };
        expect(isAllowed("PUT", `${at}/properties`, both)).toBe(controls && sees(first) && sees(second));
        const acts = of?.actions?.includes(first) ?? true;
        expect(isAllowed("POST", `${at}/actions/${first}`, {})).toBe(controls && acts);
        expect(isAllowed("POST", `${at}/stream`, {})).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it("but everything passes with the whole", () => {
    fc.assert(
      fc.property(id, name, (device, property) => {
        expect(judge("PUT", `/api/devices/${device}/properties/${property}`, 1, wholeGrant)).toBe("allow");
        expect(judge("POST", `/api/devices/${device}/stream`, {}, wholeGrant)).toBe("allow");
      }),
      { numRuns: 20 },
    );
  });
});
