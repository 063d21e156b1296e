import crypto, { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makeOwnCertificate } from "../../gateway-core/own-access/own-certificate.ts";
import { createPasswords } from "../../gateway-core/own-access/password.ts";
import { codeOf, cookiesOf, openOwnRig, owner, password } from "./own-rig.ts";

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});
const rigFor = async (...all: Parameters<typeof openOwnRig>) => opened.use(await openOwnRig(...all));
const ready = async () => {
  const rig = await rigFor();
  expect((await rig.setUp()).status).toBe(303);
  return rig;
};
const lampPower = "/api/devices/lamp/properties/power";

describe("Own management", () => {
  it("listens nowhere until it is set up on the page in the home, with one password", async () => {
    const rig = await rigFor();
    expect(rig.own.port).toBeUndefined();
    expect(await (await rig.atHome()).text()).toContain('name="password"');
    await rig.setUp();
    expect(rig.own.port).toBeGreaterThan(0);
    const { status, headers, fingerprint } = await rig.ask("/login");
    expect(status).toBe(200);
    expect(headers["strict-transport-security"]).toBeUndefined();
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(await (await rig.atHome()).text()).toContain(fingerprint);
  });

  it("tells its owner who came in, was refused and did what, and nobody else", async () => {
    const rig = await ready();
    const cookie = await rig.logIn();
    await rig.ask("/login", { form: { name: "mallory", password: "wrong wrong wrong" } });
    await rig.ask(lampPower, { method: "PUT", json: true, cookie });
    await rig.ask("/account", { cookie, headers: { "sec-fetch-site": "cross-site" } });
    const guest = { name: "jiro", password: "another long password", access: "view", device: "lamp" };
    await rig.ask("/account/people", { form: guest, cookie });
    const html = { accept: "text/html", "accept-language": "en" };
    const page = async (of: string): Promise<string> => (await rig.ask("/account", { cookie: of, headers: html })).text;
    for (const told of [
      ...["Direct access turned on", "Logged in", "Login refused", "mallory", `PUT ${lampPower}`],
      ...["origin-not-allowed /account", "/account/people jiro"],
    ]) {
      expect(await page(cookie)).toContain(told);
    }
    expect(await page(cookie)).not.toContain("wrong wrong");
    const other = cookiesOf(await rig.ask("/login", { form: guest }));
    expect(await page(other)).not.toContain("mallory");
    await rig.restart();
    expect(await page(await rig.logIn())).toContain("mallory");
  });

  it("keeps its certificate, its people and its devices over a restart, and the passwords only as hashes", async () => {
    const rig = await ready();
    const before = await rig.ask("/login");
    await rig.restart();
    expect((await rig.ask("/login")).fingerprint).toBe(before.fingerprint);
    expect(await rig.logIn()).toContain("__Host-genkan-own=");
    expect(JSON.stringify(rig.host.memory.read("own-access"))).not.toContain(password);
  });

  it("is not set up twice, by a weak password, by two that differ, nor by another site's page", async () => {
    const rig = await rigFor();
    const on = { action: "on", name: owner, password, again: password };
    for (const [form, headers] of [
      [{ ...on, again: "correct horse batterz" }, {}],
      [{ ...on, password: "short", again: "short" }, {}],
      [{ ...on, name: "" }, {}],
      [on, { origin: "https://evil.example" }],
      [on, { "sec-fetch-site": "cross-site" }],
    ] as const) {
      expect((await rig.atHome(form, headers)).status).toBe(422);
    }
    expect(rig.own.port).toBeUndefined();
    await rig.setUp();
    expect((await rig.atHome({ ...on, name: "mallory" })).status).toBe(422);
    expect((await rig.ask("/login", { form: { name: "mallory", password } })).status).toBe(401);
  });

  it("forgets people and devices when it is switched off, and listens no more", async () => {
    const rig = await ready();
    const cookie = await rig.logIn(owner, password, { keep: "yes", label: "phone" });
    await rig.atHome({ action: "off" });
    expect(rig.own.port).toBeUndefined();
    await rig.setUp();
    expect((await rig.ask("/api/home", { cookie })).status).toBe(401);
  });

  it("is none where the settings say broker, and says what is wrong where its port is taken", async () => {
    const never = await rigFor({ isAllowed: false });
    expect((await never.setUp()).status).toBe(422);
    expect(await (await never.atHome()).text()).toContain("access.mode");
    const taken = await rigFor({ port: (await ready()).own.port ?? 0 });
    await taken.setUp();
    expect(await (await taken.atHome()).text()).toContain("EADDRINUSE");
  });

  it("needs a Node that knows argon2, and says so", () => {
    const { argon2 } = crypto;
    opened.defer(() => void Reflect.set(crypto, "argon2", argon2));
    Reflect.set(crypto, "argon2", undefined);
    expect(() => createPasswords()).toThrow(expect.objectContaining({ code: "node-too-old" }));
  });

  it("shows a certificate of files, and has browsers insist on it", async () => {
    const pair = makeOwnCertificate(["home.example"], Date.now());
    const folder = mkdtempSync(join(tmpdir(), "genkan-own-"));
    opened.defer(() => rmSync(folder, { recursive: true }));
    const [cert, key] = [`${folder}/cert.pem`, `${folder}/key.pem`];
    writeFileSync(cert, pair.cert);
    writeFileSync(key, pair.key);
    const rig = await rigFor({ cert, key });
    await rig.setUp();
    const { headers, fingerprint } = await rig.ask("/login");
    expect(fingerprint).toBe(new X509Certificate(pair.cert).fingerprint256);
    expect(headers["strict-transport-security"]).toContain("max-age");
  });
});

describe("A stranger", () => {
  it("sees nothing but the login: no page, no API, no picture, not the setting up", async () => {
    const rig = await ready();
    for (const path of ["/api/home", "/things", "/assets/x.js", "/setup/direct", "/proxy.pac", "/account", "/nodes"]) {
      const answer = await rig.ask(path);
      expect([answer.status, codeOf(answer)], path).toEqual([401, "session-required"]);
    }
    const led = await rig.ask("/", { headers: { accept: "text/html" } });
    expect([led.status, led.headers.location]).toEqual([303, "/login"]);
  });

  it("hears the same for a wrong name as for a wrong password, and is slowed down; a listed device is not", async () => {
    const rig = await ready();
    const listed = await rig.logIn(owner, password, { keep: "yes", label: "phone" });
    const device = listed.split("; ")[1] ?? "";
    const answers: string[] = [];
    for (const name of [owner, "nobody", owner, "nobody", owner]) {
      const { status, text } = await rig.ask("/login", { form: { name, password: "wrong wrong wrong" } });
      answers.push(`${status} ${text}`);
    }
    expect(new Set(answers).size).toBe(1);
    const late = await rig.ask("/login", { form: { name: owner, password } });
    expect([late.status, codeOf(late), late.headers["retry-after"]]).toEqual([429, "too-many-attempts", "1"]);
    const own = await rig.ask("/login", { form: { name: owner, password }, cookie: device });
    expect(own.status).toBe(303);
    await rig.host.clock.advance(1_000);
    expect((await rig.ask("/login", { form: { name: owner, password } })).status).toBe(303);
  });
});

describe("Another site", () => {
  it("cannot log in, command or read, whatever cookie the browser adds", async () => {
    const rig = await ready();
    const cookie = await rig.logIn();
    const foreign = { origin: "https://evil.example" };
    const cross = { "sec-fetch-site": "cross-site" };
    const command = { method: "PUT", json: true, cookie };
    for (const answer of [
      await rig.ask("/login", { form: { name: owner, password }, headers: foreign }),
      await rig.ask(lampPower, { ...command, headers: foreign }),
      await rig.ask(lampPower, { ...command, headers: cross }),
      await rig.ask(lampPower, { ...command, headers: { "sec-fetch-site": "same-site" } }),
      await rig.ask("/api/home", { cookie, headers: cross }),
      await rig.ask("/account/people/remove", { form: { name: "x" }, cookie, headers: { origin: "null" } }),
    ]) {
      expect([answer.status, codeOf(answer)]).toEqual([403, "origin-not-allowed"]);
    }
    expect(rig.page.control.asked).toEqual([]);
    const navigate = { ...cross, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    expect((await rig.ask("/", { cookie, headers: navigate })).status).toBe(200);
    const own = { origin: `https://127.0.0.1:${rig.own.port}`, "sec-fetch-site": "same-origin" };
    expect((await rig.ask(lampPower, { ...command, headers: own })).status).toBe(200);
  });

  it("cannot point a name of its own here", async () => {
    const rig = await ready();
    const answer = await rig.ask("/login", { host: "evil.example" });
    expect([answer.status, codeOf(answer)]).toEqual([421, "host-not-allowed"]);
    expect((await rig.ask("/login", { host: "home.example" })).status).toBe(200);
  });
});

describe("A terminal", () => {
  it("that stores a device key need not log in again, also after a restart, until it is taken away", async () => {
    const rig = await ready();
    const answer = await rig.ask("/login", { form: { name: owner, password, keep: "yes", label: "Hanako's phone" } });
    for (const line of answer.headers["set-cookie"] ?? []) {
      expect(line).toMatch(/^__Host-genkan-own(-device)?=.*; Path=\/; Secure; HttpOnly; SameSite=Lax/);
    }
    const device = cookiesOf(answer).split("; ")[1] ?? "";
    await rig.restart();
    const back = await rig.ask("/api/home", { cookie: device });
    expect(back.status).toBe(200);
    const cookie = `${cookiesOf(back)}; ${device}`;
    const account = await rig.ask("/account", { cookie, headers: { "accept-language": "ja" } });
    expect(account.text).toContain("Hanako&#39;s phone");
    const [, id = ""] = /name="id" value="([^"]+)"/.exec(account.text) ?? [];
    const stream = await rig.follow("/api/events", { cookie });
    const cut = new Promise((resolve) => stream.once("close", resolve));
    stream.on("error", () => undefined).resume();
    const elsewhere = await rig.logIn();
    expect((await rig.ask("/account/devices/remove", { form: { id }, cookie: elsewhere })).status).toBe(303);
    await cut;
    expect((await rig.ask("/api/home", { cookie })).status).toBe(401);
    expect(stream.complete).toBe(false);
    expect((await rig.ask("/api/home", { cookie: elsewhere })).status).toBe(200);
  });

  it("is the only one that may log in where the owner wants so", async () => {
    const rig = await ready();
    const both = await rig.logIn(owner, password, { keep: "yes" });
    expect((await rig.ask("/account/closed", { form: { closed: "yes" }, cookie: both })).status).toBe(303);
    expect((await rig.ask("/login", { form: { name: owner, password } })).status).toBe(401);
    const device = both.split("; ")[1] ?? "";
    expect((await rig.ask("/login", { form: { name: owner, password }, cookie: device })).status).toBe(303);
  });
});

describe("A person with a grant for one lamp", () => {
  const named = async (access: string) => {
    const rig = await ready();
    const cookie = await rig.logIn();
    const form = { name: "taro", password: "another good one", access, device: "lamp" };
    expect((await rig.ask("/account/people", { form, cookie })).status).toBe(303);
    return { rig, owners: cookie, cookie: await rig.logIn("taro", "another good one") };
  };

  it("sees it and switches it, and nothing else is there", async () => {
    const { rig, cookie } = await named("control");
    const home = JSON.parse((await rig.ask("/api/home", { cookie })).text);
    expect(home.devices.map(({ id }: { id: string }) => id)).toEqual(["lamp"]);
    expect((await rig.ask(lampPower, { method: "PUT", json: true, cookie })).status).toBe(200);
    const other = await rig.ask("/api/devices/cooler/properties/power", { method: "PUT", json: true, cookie });
    expect([other.status, codeOf(other)]).toEqual([404, "unknown-device"]);
    expect(rig.page.control.asked).toHaveLength(1);
  });

  it("only looks where no more was given, names nobody and takes nobody away", async () => {
    const { rig, cookie } = await named("view");
    const put = await rig.ask(lampPower, { method: "PUT", json: true, cookie });
    expect([put.status, codeOf(put)]).toEqual([403, "not-granted"]);
    for (const [path, form] of [
      ["/account/people", { name: "x", password: "another good one", access: "control", device: "*" }],
      ["/account/people/remove", { name: owner }],
      ["/account/closed", { closed: "yes" }],
    ] as const) {
      expect((await rig.ask(path, { form, cookie })).status, path).toBe(403);
    }
    expect((await rig.ask("/account", { cookie })).text).not.toContain("/account/people");
  });

  it("is gone at once when the owner takes them away; a new password ends their other sessions", async () => {
    const { rig, owners, cookie } = await named("control");
    const other = await rig.logIn("taro", "another good one");
    const change = { password: "another good one", new: "a third, better one" };
    expect((await rig.ask("/account/password", { form: change, cookie })).status).toBe(303);
    expect((await rig.ask("/api/home", { cookie })).status).toBe(200);
    expect((await rig.ask("/api/home", { cookie: other })).status).toBe(401);
    expect((await rig.ask("/account/people/remove", { form: { name: "taro" }, cookie: owners })).status).toBe(303);
    expect((await rig.ask("/api/home", { cookie })).status).toBe(401);
    expect((await rig.ask("/account/people/remove", { form: { name: owner }, cookie: owners })).status).toBe(422);
  });
});

describe("A session", () => {
  it("ends after a day without use, after a week in all, and at logout", async () => {
    const rig = await ready();
    const cookie = await rig.logIn();
    const day = 24 * 60 * 60_000;
    for (let n = 0; n < 7; n++) {
      await rig.host.clock.advance(day - 1);
      expect((await rig.ask("/api/home", { cookie })).status).toBe(200);
    }
    await rig.host.clock.advance(10);
    expect((await rig.ask("/api/home", { cookie })).status).toBe(401);
    const again = await rig.logIn();
    expect((await rig.ask("/logout", { form: {}, cookie: again })).headers.location).toBe("/login");
    expect((await rig.ask("/api/home", { cookie: again })).status).toBe(401);
  });
});
