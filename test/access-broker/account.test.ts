import { request } from "node:https";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { subscribe } from "../../access-broker/access-broker.ts";
import type { Handler } from "../../gateway-core/contract/web.ts";
import { assert, type FakePasskey, makePasskey, register } from "../fakes/fake-authenticator.ts";
import { bareHost, codeOf, cookiesOf, number, openRig, password, type Rig, user } from "./rig.ts";

const html = { accept: "text/html", "accept-language": "en" };
const silent: Handler = async () =>
  new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(": here\n\n")) }), {
    headers: { "content-type": "text/event-stream" },
  });

describe("At the account page", { timeout: 60_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  }, 60_000);
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  const at = (path: string, cookie: string, more = {}) => rig.ask(path, { headers: { cookie }, ...more });
  const sessionsOf = async (cookie: string): Promise<{ id: string; agent: string }[]> =>
    JSON.parse((await at("/account", cookie)).text).sessions;

  it("a person sees the devices that are logged in and ends one, its event stream too", async () => {
    await using _home = await rig.join(silent);
    const own = await rig.logIn();
    const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36";
    const other = cookiesOf(await rig.ask("/login", { form: { user, password }, headers: { "user-agent": agent } }));
    const ended = vi.fn();
    const stream = request(rig.optionsOf("/api/events", { headers: { cookie: other } }), (response) => {
      response.once("data", () => ended("open")).once("end", () => ended("end"));
      response.once("close", () => ended("closed"));
    });
    stream.on("error", () => undefined).end();
    await vi.waitFor(() => expect(ended).toHaveBeenCalledWith("open"), 10_000);

    const page = await at("/account", own, { headers: { cookie: own, ...html } });
    expect(page.text).toContain("Chrome on Linux");
    expect(page.text).toContain("this device");
    const { id = "" } = (await sessionsOf(own)).find((one) => one.agent === agent) ?? {};
    expect((await at("/account/sessions/end", own, { form: { id } })).headers.location).toBe("/account");
    await vi.waitFor(() => expect(ended).toHaveBeenCalledWith("closed"), 10_000);
    expect(codeOf(await at("/api/home", other))).toBe("session-required");
    expect((await at("/account", own)).status).toBe(200);
  });

  it("a person ends all others, and nobody else's", async () => {
    await subscribe({ ...rig.provider, number, user: "taro", password, isOneTime: false });
    const taro = cookiesOf(await rig.ask("/login", { form: { user: "taro", password } }));
    const [own, other] = [await rig.logIn(), await rig.logIn()];
    const [{ id = "" } = {}] = await sessionsOf(taro);
    await at("/account/sessions/end", own, { form: { id } });
    expect((await at("/account", taro)).status).toBe(200);
    await at("/account/sessions/others", own, { form: {} });
    expect((await at("/account", other)).status).toBe(401);
    expect((await at("/account", own)).status).toBe(200);
    expect((await sessionsOf(taro)).length).toBe(1);
  });

  it("what opens the home is changed only shortly after a login", async () => {
    const cookie = await rig.logIn();
    const db = new DatabaseSync(join(rig.provider.folder, "access-broker.sqlite"));
    db.exec(`UPDATE sessions SET begun_at = begun_at - ${16 * 60_000} WHERE user = '${user}'`);
    db.close();
    expect((await at("/api/home", cookie)).status).toBe(503);
    expect((await at("/account", cookie)).status).toBe(200);
    const paths = ["passkeys/options", "passkeys/create", "passkeys/link", "passkeys/remove", "totp", "totp/confirm"];
    for (const path of [...paths, "totp/remove", "recovery", "keys", "keys/remove"]) {
      expect(codeOf(await at(`/account/${path}`, cookie, { json: {} })), path).toBe("login-again");
    }
    const led = await at("/account/totp", cookie, { form: {}, headers: { cookie, ...html } });
    expect([led.status, led.headers.location]).toEqual([303, "/login?again"]);
    const page = await at("/login?again", cookie, { headers: { cookie, ...html } });
    expect(page.text).toContain('name="to" value="account"');
    const again = await at("/login", cookie, { form: { user, password, to: "account" } });
    expect([again.status, again.headers.location]).toEqual([303, "/account"]);
    expect((await at("/account/recovery", cookiesOf(again), { json: {} })).status).toBe(200);
    expect(codeOf(await at("/account", cookie))).toBe("session-required");
  });

  it("keys are added, named by their comment, and removed", async () => {
    const cookie = await rig.logIn();
    const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJgt0dU6RqRZv0p+LzYJd6CPsNmYXeFKPN0L2HFMFfV5 <b>cron</b>";
    expect((await at("/account/keys", cookie, { form: { line } })).status).toBe(303);
    const twice = await at("/account/keys", cookie, { form: { line }, headers: { cookie, ...html } });
    expect([twice.status, twice.text.includes("registered here already")]).toEqual([422, true]);
    expect(twice.text).toContain("&#60;b&#62;cron");
    expect(codeOf(await at("/account/keys", cookie, { form: { line: "ssh-rsa AAAA" } }))).toBe("value-invalid");
    const { keys } = JSON.parse((await at("/account", cookie)).text);
    expect(keys).toMatchObject([{ label: "<b>cron</b>", usedAt: null }]);
    await at("/account/keys/remove", cookie, { form: { id: keys[0].id } });
    expect(JSON.parse((await at("/account", cookie)).text).keys).toEqual([]);
    const events = (await rig.audit()).map(({ event, facts }) => `${event} ${facts["kind"] ?? ""}`);
    expect(events).toEqual(expect.arrayContaining(["factor-added key", "factor-removed key", "session-ended "]));
  });

  it.each(["/account/nothing", "/account/keys/x", "/account/constructor"])("%s is nothing", async (path) => {
    const cookie = await rig.logIn();
    expect(codeOf(await at(path, cookie, { json: {} }))).toBe("not-found");
  });

  it("another page of another origin does nothing", async () => {
    const cookie = await rig.logIn();
    const headers = { cookie, origin: `https://neighbour.${bareHost}:${rig.port}`, "sec-fetch-site": "same-site" };
    expect(codeOf(await at("/account/sessions/others", cookie, { form: {}, headers }))).toBe("origin-not-allowed");
  });
});

describe("A passkey", { timeout: 60_000 }, () => {
  let rig: Rig;
  let passkey: FakePasskey;
  const neighbour = "passkey-neighbour";
  const nameOf = (home: string) => `${home}.${bareHost}`;
  const originOf = (home: string) => `https://${nameOf(home)}:${rig.port}`;
  const logIn = async (home: string) =>
    cookiesOf(await rig.ask("/login", { name: nameOf(home), form: { user, password } }));
  const options = async (home: string, cookie: string) =>
    JSON.parse(
      (await rig.ask("/account/passkeys/options", { name: nameOf(home), json: {}, headers: { cookie } })).text,
    );
  const send = (home: string, path: string, response: unknown, cookie = "") =>
    rig.ask(path, {
      name: nameOf(home),
      json: { passkey: JSON.stringify(response), label: "phone" },
      headers: cookie === "" ? {} : { cookie },
    });
  const asked = async (home: string) =>
    JSON.parse((await rig.ask("/login/challenge", { name: nameOf(home), json: { kind: "passkey" } })).text).get;

  beforeAll(async () => {
    rig = await openRig();
    await subscribe({ ...rig.provider, number: neighbour, user, password, isOneTime: false });
    passkey = makePasskey(bareHost);
    const cookie = await logIn(number);
    const { create } = await options(number, cookie);
    const made = await send(
      number,
      "/account/passkeys/create",
      register(passkey, create, { origin: originOf(number) }),
      cookie,
    );
    expect(made.status, made.text).toBe(303);
  }, 60_000);
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  it("opens its home by one touch, no name told; the same answer not twice", async () => {
    const response = assert(passkey, await asked(number), { origin: originOf(number) });
    const done = await send(number, "/login", response);
    expect(done.status, done.text).toBe(303);
    expect(codeOf(await send(number, "/login", response))).toBe("login-refused");
  });

  it.each([
    ["without the person verified", { isUserVerified: false }],
    ["from another origin", { origin: "https://evil.example" }],
    ["from another home", { origin: `https://${neighbour}.${bareHost}` }],
    ["for another provider", { rpId: "evil.example" }],
    ["of a registration", { type: "webauthn.create" }],
  ])("opens nothing %s", async (_what, more) => {
    const response = assert(passkey, await asked(number), { origin: originOf(number), ...more });
    expect(codeOf(await send(number, "/login", response))).toBe("login-refused");
    // A good one in between, so that no attempt is refused for being one of many.
    const good = assert(passkey, await asked(number), { origin: originOf(number) });
    expect((await send(number, "/login", good)).status).toBe(303);
  });

  it("whose counter does not grow is a copy", async () => {
    const before = passkey.counter;
    const good = assert(passkey, await asked(number), { origin: originOf(number) });
    expect((await send(number, "/login", good)).status).toBe(303);
    const copy = { ...passkey, counter: before };
    expect(codeOf(await send(number, "/login", assert(copy, await asked(number), { origin: originOf(number) })))).toBe(
      "login-refused",
    );
    const reasons = (await rig.audit()).map(({ facts }) => facts["reason"]);
    expect(reasons).toContain("counter-stale");
  });

  it("of one home is taken to another by its owner, who has logged in there", async () => {
    const stranger = assert(passkey, await asked(neighbour), { origin: originOf(neighbour) });
    expect(codeOf(await send(neighbour, "/login", stranger))).toBe("login-refused");
    const cookie = await logIn(neighbour);
    const { get } = await options(neighbour, cookie);
    const linked = await send(
      neighbour,
      "/account/passkeys/link",
      assert(passkey, get, { origin: originOf(neighbour) }),
      cookie,
    );
    expect(linked.status, linked.text).toBe(303);
    for (const home of [neighbour, number]) {
      const response = assert(passkey, await asked(home), { origin: originOf(home) });
      expect((await send(home, "/login", response)).status, home).toBe(303);
    }
  });

  it("is registered only as it was asked for, here, by this person, once", async () => {
    const cookie = await logIn(number);
    const { create } = await options(number, cookie);
    expect(create.excludeCredentials).toEqual([{ type: "public-key", id: passkey.id }]);
    const elsewhere = (await options(neighbour, await logIn(neighbour))).create;
    const other = makePasskey(bareHost);
    const origin = originOf(number);
    const attempts = [
      register(other, elsewhere, { origin }),
      register(other, create, { origin: originOf(neighbour) }),
      register(other, create, { origin, isUserVerified: false }),
      register(makePasskey("evil.example"), create, { origin }),
      assert(other, create, { origin }),
      {},
    ];
    for (const response of attempts) {
      expect(codeOf(await send(number, "/account/passkeys/create", response, cookie))).toBe("value-invalid");
    }
    const good = register(other, create, { origin });
    const made = await send(number, "/account/passkeys/create", good, cookie);
    expect(made.status).toBe(303);
    expect(codeOf(await send(number, "/account/passkeys/create", good, cookiesOf(made)))).toBe("value-invalid");
    await rig.ask("/account/passkeys/remove", { json: { id: other.id }, headers: { cookie: cookiesOf(made) } });
    expect(codeOf(await send(number, "/login", assert(other, await asked(number), { origin })))).toBe("login-refused");
  });

  it("is claimed at another home by nobody who does not touch it there, whatever is known of it", async () => {
    const claimed = makePasskey(bareHost);
    const cookie = await logIn(number);
    const { create } = await options(number, cookie);
    const own = register(claimed, create, { origin: originOf(number) });
    expect((await send(number, "/account/passkeys/create", own, cookie)).status).toBe(303);
    const foreign = await logIn(neighbour);
    const asking = await options(neighbour, foreign);
    const copy = register(claimed, asking.create, { origin: originOf(neighbour) });
    const refused = await send(neighbour, "/account/passkeys/create", copy, foreign);
    expect([codeOf(refused), JSON.parse(refused.text).reason]).toEqual(["value-invalid", "taken"]);
    const touched = assert(claimed, asking.get, { origin: originOf(neighbour) });
    expect((await send(neighbour, "/account/passkeys/link", touched, foreign)).status).toBe(303);
  });
});

describe("While strangers guess from everywhere", { timeout: 60_000 }, () => {
  it("who is known by device or source logs in as ever", async () => {
    const now = Date.now();
    await using rig = await openRig(() => now);
    const first = await rig.ask("/login", { form: { user, password }, from: "127.9.0.1" });
    const device =
      cookiesOf(first)
        .split("; ")
        .find((one) => one.startsWith("__Host-genkan-device=")) ?? "";
    expect(device).not.toBe("");
    let slowed = 0;
    for (let n = 0; n < 110; n++) {
      const from = `127.8.${Math.floor(n / 200)}.${(n % 200) + 1}`;
      const answer = await rig.ask("/login", { form: { user, challenge: "x", signature: "y" }, from });
      if (codeOf(answer) === "too-many-attempts") slowed++;
    }
    expect(slowed).toBe(10);
    const logIn = (more: object) => rig.ask("/login", { form: { user, password }, ...more });
    expect(codeOf(await logIn({ from: "127.7.0.1" }))).toBe("too-many-attempts");
    expect((await logIn({ from: "127.9.0.1" })).status).toBe(303);
    expect((await logIn({ from: "127.7.0.1", headers: { cookie: device } })).status).toBe(303);
    expect(codeOf(await logIn({ from: "127.7.0.1", headers: { cookie: `${device}x` } }))).toBe("too-many-attempts");
  });

  it("who lives in the home gets no more guesses at another's password by logging in between", async () => {
    const now = Date.now();
    await using rig = await openRig(() => now);
    await subscribe({ ...rig.provider, number, user: "taro", password: "another long one", isOneTime: false });
    const codes: unknown[] = [];
    for (let n = 0; n < 7; n++) {
      codes.push(codeOf(await rig.ask("/login", { form: { user, password: `wrong wrong ${n}` } })));
      expect((await rig.ask("/login", { form: { user: "taro", password: "another long one" } })).status).toBe(303);
    }
    expect(codes).toEqual([...Array(5).fill("login-refused"), "too-many-attempts", "too-many-attempts"]);
  });
});
