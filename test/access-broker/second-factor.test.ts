import { generateSync } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setRequirement, subscribe } from "../../access-broker/access-broker.ts";
import { assert, makePasskey, register } from "../fakes/fake-authenticator.ts";
import { type Answer, bareHost, codeOf, cookiesOf, openRig, password, type Rig } from "./rig.ts";

/** A person of a home of their own, subscribed. */
let homes = 0;
async function newHome(rig: Rig, requirement?: string, isOneTime = false) {
  const [number, user] = [`step-${++homes}`, "hanako"];
  await subscribe({ ...rig.provider, number, user, password, isOneTime });
  if (requirement !== undefined) await setRequirement({ ...rig.provider, number, requirement });
  const name = `${number}.${bareHost}`;
  const logIn = (form: Record<string, string>, cookie = "", headers = {}) =>
    rig.ask("/login", { name, form, headers: { ...(cookie === "" ? {} : { cookie }), ...headers } });
  const at = (path: string, cookie: string, more = {}) => rig.ask(path, { name, headers: { cookie }, ...more });
  /** Sets up an authenticator app with the session; its secret and the session after. */
  const setUpApp = async (cookie: string) => {
    const { secret, ticket } = JSON.parse((await at("/account/totp", cookie, { json: {} })).text);
    const code = codeAt(secret);
    const done = await at("/account/totp/confirm", cookie, { json: { secret, ticket, code } });
    expect(done.status, done.text).toBe(303);
    return { secret: String(secret), cookie: cookiesOf(done) };
  };
  return { number, user, name, logIn, at, setUpApp, origin: `https://${name}:${rig.port}` };
}
/** Time stands still: codes and waits are the same on a slow machine. */
const now = Date.now();
const codeAt = (secret: string, seconds = 0): string => generateSync({ secret, epoch: now / 1000 + seconds });
const html = { accept: "text/html", "accept-language": "en" };
const summary = ({ status, text }: Answer) => ({ status, text });

describe("An authenticator app", { timeout: 60_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig(() => now);
  }, 60_000);
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  it("once set up is asked for beside the password; the session between may do nothing", async () => {
    const { logIn, at, setUpApp, user } = await newHome(rig);
    const before = cookiesOf(await logIn({ user, password }));
    const other = cookiesOf(await logIn({ user, password }));
    const { secret, cookie } = await setUpApp(before);
    // Here the session goes on; the one before the rotation is gone, and another device must log in again.
    expect((await at("/api/home", cookie)).status).toBe(503);
    expect(codeOf(await at("/api/home", before))).toBe("session-required");
    expect(codeOf(await at("/api/home", other))).toBe("second-factor-required");

    const first = await logIn({ user, password });
    expect([first.status, JSON.parse(first.text)]).toMatchObject([
      401,
      { code: "second-factor-required", methods: ["totp"] },
    ]);
    const half = cookiesOf(first);
    expect(half).not.toContain("device");
    for (const path of ["/", "/api/home", "/api/events", "/password", "/account", "/account/keys", "/nowhere"]) {
      expect(codeOf(await at(path, half)), path).toBe("second-factor-required");
      expect((await at(path, half, { headers: { cookie: half, ...html } })).headers.location, path).toBe("/login");
    }
    expect((await at("/account/keys", half, { json: { line: "x" } })).status).toBe(401);
    const page = await at("/login", half, { headers: { cookie: half, ...html } });
    expect(page.text).toContain('autocomplete="one-time-code"');

    const code = codeAt(secret, 30);
    const wrong = await logIn({ code: code === "123456" ? "654321" : "123456" }, half, html);
    expect(wrong.status).toBe(401);
    expect(wrong.text).toContain("That was not right");
    const done = await logIn({ code }, half);
    expect([done.status, done.headers.location]).toEqual([303, "/"]);
    expect(cookiesOf(done)).toContain("__Host-genkan-device=");
    expect((await at("/api/home", cookiesOf(done))).status).toBe(503);
    // The half-open session has been replaced, and the code has served.
    expect(codeOf(await at("/login/challenge", half, { json: { kind: "x" } }))).toBe("value-invalid");
    expect(codeOf(await at("/api/home", half))).toBe("session-required");
    expect(codeOf(await logIn({ user, password, code }))).toBe("login-refused");
  });

  it("is replaced by a recovery code, once each; new ones end the old", async () => {
    const { logIn, at, setUpApp, user } = await newHome(rig);
    const { cookie } = await setUpApp(cookiesOf(await logIn({ user, password })));
    const make = async (): Promise<string[]> =>
      JSON.parse((await at("/account/recovery", cookie, { json: {} })).text).codes;
    const [old = ""] = await make();
    const [one = "", two = ""] = await make();
    expect(codeOf(await logIn({ user, password, code: old }))).toBe("login-refused");
    expect((await logIn({ user, password, code: one })).status).toBe(303);
    expect(codeOf(await logIn({ user, password, code: one }))).toBe("login-refused");
    expect((await logIn({ user, password, code: two.toUpperCase().replaceAll("-", "") })).status).toBe(303);
    expect(JSON.parse((await at("/account", cookie)).text)).toMatchObject({ hasTotp: true, recoveryCodesLeft: 8 });
    const removed = await at("/account/totp/remove", cookie, { json: {} });
    expect(removed.status).toBe(303);
    expect((await logIn({ user, password })).status).toBe(303);
  });

  it("is guessed no faster by who starts again with the password each time", async () => {
    const { logIn, setUpApp, user } = await newHome(rig);
    await setUpApp(cookiesOf(await logIn({ user, password })));
    const codes: unknown[] = [];
    for (let n = 0; n < 7; n++) codes.push(codeOf(await logIn({ user, password, code: `00000${n}` })));
    expect(codes.slice(0, 5)).toEqual(Array(5).fill("login-refused"));
    expect(codes.slice(5)).toEqual(["too-many-attempts", "too-many-attempts"]);
  });

  it("is not taken with a wrong code, another's ticket or a secret of one's own", async () => {
    const { logIn, at, user } = await newHome(rig);
    const cookie = cookiesOf(await logIn({ user, password }));
    const { secret, ticket } = JSON.parse((await at("/account/totp", cookie, { json: {} })).text);
    const confirm = (json: object, more = {}) => at("/account/totp/confirm", cookie, { json, ...more });
    const code = codeAt(secret);
    const wrong = await confirm({ secret, ticket, code: "000000" });
    expect([codeOf(wrong), JSON.parse(wrong.text).reason]).toEqual(["value-invalid", "code"]);
    const own = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    const foreign = await confirm({ secret: own, ticket, code: codeAt(own) });
    expect(JSON.parse(foreign.text).reason).toBe("ticket");
    const page = await confirm({ secret, ticket, code: "000000" }, { headers: { cookie, ...html } });
    expect([page.status, page.text.includes("not right")]).toEqual([422, true]);
    expect((await confirm({ secret, ticket, code })).status).toBe(303);
  });
});

describe("A home's requirement", { timeout: 60_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig(() => now);
  }, 60_000);
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  it("refuses a right password where it leads nowhere, in the words of a wrong one", async () => {
    const { logIn, user, number } = await newHome(rig, "passkey|key");
    const [right, wrong] = [await logIn({ user, password }), await logIn({ user, password: "wrong wrong wrong" })];
    expect(summary(right)).toEqual(summary(wrong));
    expect(right.headers["set-cookie"]).toBeUndefined();
    const elsewhere = await newHome(rig, "password@10.0.0.0/8");
    const outside = await elsewhere.logIn({ user, password });
    expect(summary(outside)).toEqual(summary(wrong));
    const reasons = (await rig.audit())
      .filter(({ event }) => event === "login-refused")
      .map(({ number: at, facts }) => [at, facts["reason"]]);
    expect(reasons).toContainEqual([number, "method-not-accepted"]);
    expect(reasons).toContainEqual([elsewhere.number, "source-not-accepted"]);
  });

  it("is not told by the login page", async () => {
    const pages: string[] = [];
    for (const requirement of ["password", "passkey", "key@10.0.0.0/8", "view:@10.0.0.0/8", undefined]) {
      const { name, number } = await newHome(rig, requirement);
      pages.push((await rig.ask("/login", { name, headers: html })).text.replaceAll(number, "N"));
    }
    pages.push(
      (await rig.ask("/login", { name: `unknown.${bareHost}`, headers: html })).text.replaceAll("unknown", "N"),
    );
    expect(new Set(pages).size).toBe(1);
  });

  it("holds for open sessions from the moment that it is set", async () => {
    const { logIn, at, user, number } = await newHome(rig);
    const cookie = cookiesOf(await logIn({ user, password }));
    expect((await at("/api/home", cookie)).status).toBe(503);
    await setRequirement({ ...rig.provider, number, requirement: "password+passkey" });
    expect(codeOf(await at("/api/home", cookie))).toBe("second-factor-required");
    await setRequirement({ ...rig.provider, number, requirement: null });
    expect((await at("/api/home", cookie)).status).toBe(503);
  });

  it("lets who comes from a network look, and change nothing: neither the home nor the account", async () => {
    const { logIn, at, user, name } = await newHome(rig, "password|view:@127.0.0.0/16");
    expect((await rig.ask("/login", { name, headers: html })).text).toContain('value="look"');
    expect((await rig.ask("/login", { name, headers: html, from: "127.1.0.1" })).text).not.toContain('value="look"');
    const looked = await logIn({ user, way: "look" });
    expect(looked.status).toBe(303);
    const cookie = cookiesOf(looked);
    expect(cookie).not.toContain("device");
    expect((await at("/api/home", cookie)).status).toBe(503);
    const put = { method: "PUT", json: true, headers: { cookie, "content-type": "application/json" } };
    expect(codeOf(await at("/api/devices/light/properties/power", cookie, put))).toBe("view-only");
    for (const path of ["/account", "/password", "/account/sessions/others"])
      expect(codeOf(await at(path, cookie)), path).toBe("view-only");
    expect(codeOf(await at("/password", cookie, { form: { password: "a new one of mine" } }))).toBe("view-only");
    // The session opens nothing from elsewhere, and nobody else's.
    expect(codeOf(await at("/api/home", cookie, { from: "127.1.0.1" }))).toBe("second-factor-required");
    expect(codeOf(await logIn({ user: "nobody", way: "look" }))).toBe("login-refused");
    expect(codeOf(await rig.ask("/login", { name, form: { user, way: "look" }, from: "127.1.0.1" }))).toBe(
      "login-refused",
    );
  });

  it("of a one-time password's person cannot be got round by looking", async () => {
    const { logIn, at, user } = await newHome(rig, "password|view:@127.0.0.0/8", true);
    const cookie = cookiesOf(await logIn({ user, way: "look" }));
    expect(codeOf(await at("/password", cookie, { form: { password: "a thief's own words" } }))).toBe("view-only");
  });

  it("for what a new person lacks lets them set it up, after a password for one login, and nothing else", async () => {
    const { logIn, at, user, number, origin } = await newHome(rig, "passkey", true);
    const first = await logIn({ user, password });
    expect(JSON.parse(first.text)).toMatchObject({ code: "second-factor-required", methods: ["passkey"] });
    expect(codeOf(await at("/api/home", cookiesOf(first)))).toBe("password-change-required");
    const set = await at("/password", cookiesOf(first), { form: { password: "a new one of mine" } });
    expect(set.status).toBe(303);
    const cookie = cookiesOf(set);
    expect(codeOf(await at("/api/home", cookie))).toBe("second-factor-required");
    const { create } = JSON.parse((await at("/account/passkeys/options", cookie, { json: {} })).text);
    const passkey = makePasskey(bareHost);
    const made = await at("/account/passkeys/create", cookie, {
      json: { passkey: JSON.stringify(register(passkey, create, { origin })), label: "phone" },
    });
    expect(made.status, made.text).toBe(303);
    expect((await at("/api/home", cookiesOf(made))).status).toBe(503);
    // From now on the passkey alone opens the home, and the password does not.
    expect(codeOf(await logIn({ user, password: "a new one of mine" }))).toBe("login-refused");
    const { get } = JSON.parse(
      (await rig.ask("/login/challenge", { name: `${number}.${bareHost}`, json: { kind: "passkey" } })).text,
    );
    const opened = await logIn({ passkey: JSON.stringify(assert(passkey, get, { origin })) });
    expect(opened.status).toBe(303);
  });
});
