/** The operator's listener: what it tells, whom it asks for a password, and that no home's origin leads there. */

import { request } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setOperatorPassword } from "../../access-broker/access-broker.ts";
import { shippedLamp } from "../fakes/shipped-descriptor.ts";
import { bareHost, openRig, type Rig } from "./rig.ts";

const operatorPassword = "river stone lantern";

describe("The operator's listener", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(async () => rig?.[Symbol.asyncDispose]());

  const basic = (password: string) => ({
    authorization: `Basic ${Buffer.from(`operator:${password}`).toString("base64")}`,
  });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${rig.operator}${path}`, { redirect: "manual", ...init });

  it("is not found at any name of the users' port", async () => {
    for (const name of [bareHost, `090-1234-5678.${bareHost}`, `link.${bareHost}`]) {
      for (const path of ["/health", "/metrics"]) expect((await rig.ask(path, { name })).status).not.toBe(200);
    }
  });

  it("tells its health and figures to whoever is on this machine, and counts a home that is linked", async () => {
    expect(await (await ask("/health")).json()).toEqual({
      status: "ready",
      store: true,
      listeners: { users: true, gateways: true, remoteMqtt: true, proxy: true },
    });
    await using _home = await rig.join(async () => new Response("page"));
    const cookie = await rig.logIn();
    await rig.ask("/", { headers: { cookie } });
    await rig.ask("/login", { form: { user: "nobody", password: "wrong" } });
    const answer = await ask("/metrics");
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await answer.text();
    expect(text).toMatch(/^genkan_homes_online 1$/m);
    expect(text).toMatch(/^genkan_requests_total\{verdict="allowed"\} 1$/m);
    expect(text).toMatch(/^genkan_refusals_total\{what="login-refused",reason="[a-z-]+"\} 1$/m);
    expect(text).toMatch(/^genkan_stored\{what="sessions"\} 1$/m);
    for (const door of ["users", "gateways"]) {
      const octets = new RegExp(`^genkan_octets_total\\{door="${door}",direction="in"\\} (\\d+)$`, "m").exec(text)?.[1];
      expect(Number(octets)).toBeGreaterThan(1_000);
    }
    expect(text).not.toMatch(/090-1234-5678|hanako|127\.0\.0\.1/);
  });

  it("opens its page to the operator's password alone, and to nobody while there is none", async () => {
    const unset = await ask("/", { headers: { accept: "text/html", ...basic("anything") } });
    expect(unset.status).toBe(401);
    expect(await unset.text()).toContain("genkan operator");
    await expect(setOperatorPassword({ ...rig.provider, password: "short" })).rejects.toMatchObject({
      code: "password-unsuitable",
    });
    await setOperatorPassword({ ...rig.provider, password: operatorPassword });
    expect(JSON.stringify(rig.provider.host.memory.read("operator"))).not.toContain(operatorPassword);
    for (const headers of [{}, basic("wrong wrong wrong"), basic("")]) {
      const { status, headers: told } = await ask("/", { headers });
      expect([status, told.get("www-authenticate")]).toEqual([401, 'Basic realm="genkan operator", charset="UTF-8"']);
    }
    const { status, headers } = await ask("/", { headers: basic(operatorPassword) });
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("content-security-policy")).not.toContain("script-src");
  });

  it("slows down whoever guesses", async () => {
    const verdicts: number[] = [];
    for (let at = 0; at < 8; at++) verdicts.push((await ask("/", { headers: basic(`wrong guess ${at}`) })).status);
    expect(verdicts).toContain(429);
    // Who was let in before is not locked out by it.
    expect((await ask("/", { headers: basic(operatorPassword) })).status).toBe(200);
  });

  it("shows homes, doors, refusals and the worklist, in English and Japanese, and finds a home", async () => {
    await using _home = await rig.join(async () => new Response("page"));
    const page = async (language: string, query = ""): Promise<string> =>
      (await ask(`/${query}`, { headers: { ...basic(operatorPassword), "accept-language": language } })).text();
    const english = await page("en");
    for (const word of ["Homes online", "090-1234-5678", "login-refused", "remoteMqtt", "B/s"])
      expect(english).toContain(word);
    expect(await page("ja")).toContain("接続中の家");
    expect(await page("en", "?number=0000")).not.toContain("090-1234-5678");
    expect(await page("en", "?number=1234")).toContain("090-1234-5678");
    expect(await page("en", `?number=${encodeURIComponent('"><script>')}`)).not.toContain("<script>");
  });

  it("publishes a descriptor by its form, checked, with its token, from its own page alone", async () => {
    const descriptor = shippedLamp();
    const headers = { ...basic(operatorPassword), "content-type": "application/x-www-form-urlencoded" };
    const html = await (await ask("/", { headers: basic(operatorPassword) })).text();
    const token = /name="token" value="([^"]+)"/.exec(html)?.[1] ?? "";
    const send = (fields: Record<string, string>, more: Record<string, string> = {}) =>
      ask("/descriptors", { method: "POST", headers: { ...headers, ...more }, body: new URLSearchParams(fields) });
    const good = { token, descriptor: JSON.stringify(descriptor) };

    expect((await send({ ...good, token: "x" })).status).toBe(403);
    expect((await send(good, { origin: "http://evil.example" })).status).toBe(403);
    expect((await send(good, { authorization: "" })).status).toBe(401);
    expect((await send({ ...good, descriptor: "{" })).status).toBe(422);
    const broken = await send({ ...good, descriptor: JSON.stringify({ ...descriptor, version: {} }) });
    expect(broken.status).toBe(422);
    expect(await broken.text()).toContain('role="alert"');

    const done = await send(good);
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining("is published")]);
    expect(await (await send(good)).text()).toContain("was published before");
    expect(await rig.audit()).toContainEqual(
      expect.objectContaining({ event: "descriptor-published", source: "operator" }),
    );
  });

  it("speaks TLS at any address but loopback, and tells its figures only to the operator there", async () => {
    await using away = await openRig(undefined, { operator: { listen: "0.0.0.0", port: 0 } });
    await setOperatorPassword({ ...away.provider, password: operatorPassword });
    expect(away.operator).toMatch(/^https:\/\/0\.0\.0\.0:/);
    const { port } = new URL(away.operator);
    const get = (path: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const where = { host: "127.0.0.1", port, servername: bareHost, ca: away.ca, path, agent: false };
        request({ ...where, headers: { host: `${bareHost}:${port}`, ...headers } }, (answer) =>
          resolve(answer.resume().statusCode),
        )
          .once("error", reject)
          .end();
      });
    expect(await get("/health")).toBe(200);
    expect([await get("/metrics"), await get("/metrics", basic(operatorPassword))]).toEqual([401, 200]);
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toBeInstanceOf(Error);
  });

  it("answers to its address alone, whatever name was led to it", async () => {
    const { request: askPlain } = await import("node:http");
    const status = await new Promise<number>((resolve, reject) => {
      askPlain(`${rig.operator}/health`, { headers: { host: "evil.example" } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .once("error", reject)
        .end();
    });
    expect(status).toBe(421);
    expect((await ask("/health", { method: "POST" })).status).toBe(405);
    expect((await ask("/login")).status).toBe(404);
  });
});
