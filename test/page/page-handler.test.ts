import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import { settle } from "../fakes/fake-host.ts";
import { local, openPage, origin } from "./open-page.ts";

const lampPower = "/api/devices/lamp/properties/power";
const html = { accept: "text/html", "accept-language": "ja,en;q=0.5" };

async function problem(response: Response): Promise<[number, unknown]> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body: { code?: unknown } = await response.json();
  return [response.status, body.code];
}

describe("Reading over HTTP", () => {
  it("gives the snapshot of the home, never from a cache", async () => {
    const response = await openPage().ask("/api/home");
    expect(await response.json()).toMatchObject({ seq: 1, isLive: true, devices: [{ id: "cooler" }, {}, {}, {}] });
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("gives events, from where the viewer was", async () => {
    const { ask, live, feed } = openPage();
    live.receive({ type: "gone", device: "sensor" });
    const { epoch } = feed.state;
    const leaving = new AbortController();
    const response = await ask("/api/events", { headers: { "last-event-id": `${epoch}:1` }, signal: leaving.signal });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    await settle();
    leaving.abort();
    expect(await response.text()).toBe(`id: ${epoch}:2\nevent: gone\ndata: {"device":"sensor"}\n\n`);
  });

  it("gives one property, and all of a device", async () => {
    const { ask } = openPage();
    expect(await (await ask("/api/devices/lamp/properties/brightness")).json()).toBe(70);
    expect(await (await ask("/api/devices/sensor/properties")).json()).toEqual({ temperature: 21.5 });
    expect(await problem(await ask("/api/devices/lamp/properties/toString"))).toEqual([404, "unknown-property"]);
    expect(await problem(await ask("/api/devices/nobody/properties"))).toEqual([404, "unknown-device"]);
  });

  it("gives Thing Descriptions", async () => {
    const { ask } = openPage();
    expect(await (await ask("/things")).json()).toHaveLength(4);
    const thing = await ask("/things/lamp");
    expect([thing.headers.get("content-type"), await thing.json()]).toEqual([
      "application/td+json",
      { id: "lamp", title: "Light" },
    ]);
    expect(await problem(await ask("/things/nobody"))).toEqual([404, "unknown-device"]);
  });

  it("says what is not there, and what does nothing there", async () => {
    const { ask } = openPage();
    expect(await problem(await ask("/nothing"))).toEqual([404, "not-found"]);
    expect(await problem(await ask("/assets/nothing.js"))).toEqual([404, "not-found"]);
    expect(await problem(await ask("/api/home", { method: "DELETE" }))).toEqual([405, "method-not-allowed"]);
  });

  it("serves nothing of the home while the flow wires nothing to the page", async () => {
    const { ask, put, feed, control } = openPage();
    feed.unwire();
    for (const path of ["/", "/api/home", "/api/events", "/things"]) {
      expect(await problem(await ask(path))).toEqual([503, "page-not-wired"]);
    }
    expect(await problem(await put(lampPower, true))).toEqual([503, "page-not-wired"]);
    expect(control.asked).toEqual([]);
    const page = await ask("/", { headers: html });
    expect([page.status, await page.text()]).toEqual([503, expect.stringContaining("つながっていません")]);
  });
});

describe("The page", () => {
  it("comes in the viewer's language, under a policy that lets nothing foreign in", async () => {
    const response = await openPage().ask("/", { headers: html });
    expect(await response.text()).toMatch(/<html lang="ja">[\s\S]*わが家/);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toMatch(
      /default-src 'none'.*script-src 'self'.*require-trusted-types-for 'script'; trusted-types lit-html/,
    );
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("has a page for each device, and words for people who go astray", async () => {
    const { ask } = openPage();
    expect((await ask("/devices/lamp", { headers: html })).status).toBe(200);
    const astray = await ask("/devices/nobody", { headers: html });
    expect([astray.status, await astray.text()]).toEqual([404, expect.stringContaining("機器が見つかりません")]);
  });

  it.each([
    ["/devices/nobody", "../"],
    ["/nowhere", "./"],
    ["/nowhere/at/all", "../../"],
  ])("leads home from %s, where nothing is", async (path, home) => {
    const text = await (await openPage().ask(path, { headers: html })).text();
    expect(text).toMatch(new RegExp(`<a class="back" href="${home}">.*すべての機器</a>`));
  });

  it("offers who looks in from outside the way out, and says who they are; at home there is none", async () => {
    const { ask } = openPage();
    const remote: Viewer = { ...local, name: "花子", from: "remote", session: "s2" };
    for (const path of ["/", "/devices/lamp"]) {
      expect(await (await ask(path, { headers: html }, remote)).text()).toMatch(/花子 さんのアカウント[\s\S]*logout"/);
      expect(await (await ask(path, { headers: html })).text()).not.toMatch(/logout|password/);
    }
  });
});

describe("A command over HTTP", () => {
  it("is answered with the value once the device has confirmed it", async () => {
    const { put, control } = openPage();
    control.answer = { ok: true, value: false };
    const response = await put(lampPower, false);
    expect([response.status, await response.json()]).toEqual([200, { value: false }]);
    expect(control.asked).toMatchObject([
      { id: expect.any(String), device: "lamp", request: { kind: "property", name: "power", value: false } },
    ]);
  });

  it("is answered as pending after 2 seconds, with the id that its result will have", async () => {
    const { put, control, host } = openPage();
    control.answer = undefined;
    const response = put(lampPower, false);
    await host.clock.advance(2_000);
    expect([(await response).status, await (await response).json()]).toEqual([202, { id: control.asked[0]?.id }]);
    expect(host.clock.pending).toBe(0);
  });

  it("is answered with the device's refusal, values and all", async () => {
    const { put, control } = openPage();
    const range = { minimum: 0, maximum: 100 };
    control.answer = { ok: false, error: new HomeError("out-of-range", "too much", range).toBody() };
    const response = await put("/api/devices/lamp/properties/brightness", 200);
    expect([response.status, await response.json()]).toEqual([
      422,
      { ...range, code: "out-of-range", title: "out-of-range", message: "too much", status: 422 },
    ]);
  });

  it("sets several properties, and does actions with and without input", async () => {
    const { ask, put, control } = openPage();
    await put("/api/devices/lamp/properties", { power: true, brightness: 5 });
    const headers = { "content-type": "application/json" };
    await ask("/api/devices/lamp/actions/blink", { method: "POST", headers });
    await ask("/api/devices/lamp/actions/blink", { method: "POST", headers, body: "3" });
    expect(control.asked.map(({ request }) => request)).toEqual([
      { kind: "set", value: { power: true, brightness: 5 } },
      { kind: "action", name: "blink", value: null },
      { kind: "action", name: "blink", value: 3 },
    ]);
  });

  it.each([
    ["another media type", "text/plain", "true", "unsupported-media-type", 415],
    ["no JSON", "application/json", "{", "command-invalid", 400],
    [
      "JSON as deep as a stack",
      "application/json",
      `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
      "command-invalid",
      400,
    ],
    ["a giant", "application/json", `"${"x".repeat(70_000)}"`, "body-too-large", 413],
  ])("is refused with %s, before anything is asked", async (_, type, body, code, status) => {
    const { ask, control } = openPage();
    const response = await ask(lampPower, { method: "PUT", body, headers: { "content-type": type } });
    expect(await problem(response)).toEqual([status, code]);
    expect(control.asked).toEqual([]);
  });

  it("is refused when several properties are no object", async () => {
    expect(await problem(await openPage().put("/api/devices/lamp/properties", [1]))).toEqual([400, "command-invalid"]);
  });

  it.each([
    [{ origin: "http://evil.example" }],
    [{ origin: "null" }],
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
  ])("is refused from another page: %o", async (headers) => {
    const { put, control } = openPage();
    expect(await problem(await put(lampPower, true, headers))).toEqual([403, "origin-not-allowed"]);
    expect(control.asked).toEqual([]);
  });

  it("is taken from our own page", async () => {
    const { put } = openPage();
    expect((await put(lampPower, true, { origin, "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  it("is taken from a remote page whose origin the access broker has judged, but never from another site", async () => {
    const { handler } = openPage();
    const send = (headers: Record<string, string>) =>
      handler(
        new Request(`${origin}${lampPower}`, {
          ...{ method: "PUT", body: "true" },
          headers: { "content-type": "application/json", ...headers },
        }),
        { ...local, name: "anna", from: "remote", session: "s2" },
      );
    expect((await send({ origin: "https://4711.genkan.localhost:8443" })).status).toBe(200);
    expect((await send({ "sec-fetch-site": "same-site" })).status).toBe(403);
  });
});
