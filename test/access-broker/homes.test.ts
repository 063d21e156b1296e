import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  changePerson,
  grantPerson,
  invitePerson,
  setMethods,
  setRequirement,
  subscribe,
} from "../../access-broker/access-broker.ts";
import { openStore } from "../../access-broker/provider.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import { assert, type FakePasskey, makePasskey, register } from "../fakes/fake-authenticator.ts";
import { openPage } from "../page/open-page.ts";
import { type Answer, bareHost, codeOf, cookiesOf, number, openRig, password, type Rig, user } from "./rig.ts";

const html = { accept: "text/html", "accept-language": "en" };
const [second, third, stranger] = ["090-2", "090-3", "090-4"] as const;

describe("A person's own homes", { timeout: 60_000 }, () => {
  let rig: Rig;
  let passkey: FakePasskey;
  /** How far the broker's clock is ahead. */
  let later = 0;
  const origin = () => `https://${bareHost}:${rig.port}`;
  const challenge = async () => JSON.parse((await rig.ask("/homes/challenge", { name: bareHost, json: {} })).text).get;
  const show = (response: object, headers = {}): Promise<Answer> =>
    rig.ask("/homes", { name: bareHost, json: { passkey: JSON.stringify(response) }, headers });
  const touch = async (more = {}, of = passkey) => assert(of, await challenge(), { origin: origin(), ...more });
  /** The cookie of who has touched it. */
  const logIn = async (): Promise<string> => cookiesOf(await show(await touch(), html));
  const initialPage = (cookie: string, headers: object = html): Promise<Answer> =>
    rig.ask("/homes", { name: bareHost, headers: { ...headers, cookie } });
  const homes = async (): Promise<readonly string[]> =>
    JSON.parse((await show(await touch())).text).homes.map((home: { number: string }) => home.number);

  beforeAll(async () => {
    rig = await openRig(() => Date.now() + later);
    for (const home of [second, third, stranger]) await invitePerson({ ...rig.provider, number: home, user: "other" });
    passkey = makePasskey(bareHost);
    const headers = { cookie: await rig.logIn() };
    const { create } = JSON.parse((await rig.ask("/account/passkeys/options", { json: {}, headers })).text);
    const made = register(passkey, create, { origin: `https://${rig.authority()}` });
    await rig.ask("/account/passkeys/create", { json: { passkey: JSON.stringify(made) }, headers });
    await using store = openStore(rig.provider);
    const [own] = await store.listCredentials(number, user);
    if (own === undefined) return expect.unreachable();
    for (const home of [second, third]) await store.addCredential({ ...own, number: home, user: "other" });
    // Somebody at another home claims the same id, with a key of their own.
    const facts = { ...own.facts, publicKey: Buffer.from("no key").toString("base64url") };
    await store.addCredential({ ...own, number: stranger, user: "other", facts });
  }, 60_000);
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  it("are shown to their passkey, each at its own address, and nobody else's among them", async () => {
    const answer = JSON.parse((await show(await touch())).text);
    expect(answer.homes).toEqual(
      [
        { number, user, role: "owner", address: `https://${number}.${bareHost}:${rig.port}/` },
        { number: second, user: "other", role: "owner", address: `https://${second}.${bareHost}:${rig.port}/` },
        { number: third, user: "other", role: "owner", address: `https://${third}.${bareHost}:${rig.port}/` },
      ].sort((a, b) => (a.number < b.number ? -1 : 1)),
    );
    const page = await initialPage(await logIn());
    expect([page.status, page.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(page.text).toContain(`href="https://${second}.${bareHost}:${rig.port}/"`);
    expect(page.text).not.toContain(stranger);
  });

  it("have a page of their own once the passkey was touched, by a cookie of the bare host that opens none of them", async () => {
    const shown = await show(await touch(), html);
    expect([shown.status, shown.headers.location]).toEqual([303, "/homes"]);
    expect(shown.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^__Host-genkan-homes=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400$/),
    ]);
    const cookie = cookiesOf(shown);
    const token = cookie.slice(cookie.indexOf("=") + 1);
    for (const name of ["__Host-genkan-homes", "__Host-genkan", "__Host-genkan-device"]) {
      const home = await rig.ask("/", { headers: { ...html, cookie: `${name}=${token}` } });
      expect([home.status, home.headers.location]).toEqual([303, "/login"]);
    }
    expect(codeOf(await rig.ask("/homes", { headers: { cookie } }))).toBe("session-required");
  });

  it("are told as they are: linked, with what the home itself counts for this person; or since when they are away", async () => {
    const { handler, searches } = openPage();
    const cookie = await logIn();
    const link = await rig.join(handler);
    const lines = async () => JSON.parse((await initialPage(cookie, {})).text).homes;
    expect(await lines()).toMatchObject([
      { number, state: "online", attention: { devices: 4, silent: 0, version: "1.2.3" }, isOld: false },
      { number: second, state: "away" },
      { number: third, state: "away" },
    ]);
    // The home is opened, and looks for what came meanwhile.
    expect(searches.count).toBeGreaterThan(0);
    expect((await initialPage(cookie)).text).toContain("Online · 4 devices");
    const grant = { devices: { lamp: { access: "view" } } } as const;
    await grantPerson({ ...rig.provider, number: second, user: "other", role: "guest", grant });
    const linkOfSecond = await rig.join(handler, second);
    expect((await lines())[1]).toMatchObject({ number: second, role: "guest", attention: { devices: 1 } });

    const before = Date.now();
    for (const one of [link, linkOfSecond]) await one[Symbol.asyncDispose]();
    await expect.poll(async () => (await lines())[0].state).toBe("away");
    expect((await lines())[0].since).toBeGreaterThanOrEqual(before);
    expect((await lines())[2]).not.toHaveProperty("since");
  });

  it("say nothing of a home that asks for more than a passkey, or not now", async () => {
    const link = await rig.join(openPage().handler, third);
    const cookie = await logIn();
    const sights = async () =>
      JSON.parse((await initialPage(cookie, {})).text).homes.map(({ state }: { state: string }) => state);
    expect((await sights())[2]).toBe("online");
    await setRequirement({ ...rig.provider, number: third, requirement: "password+passkey" });
    expect((await sights())[2]).toBe("closed");
    await setRequirement({ ...rig.provider, number: third, requirement: "passkey" });
    const window = { until: "2020-01-01T00:00:00Z" };
    const grant = { devices: { "*": { access: "control" } }, window } as const;
    await grantPerson({ ...rig.provider, number: third, user: "other", role: "guest", grant });
    expect((await sights())[2]).toBe("closed");
    await grantPerson({ ...rig.provider, number: third, user: "other", role: "owner", grant: wholeGrant });
    await setMethods({ ...rig.provider, number: third, methods: "mqtts" });
    expect((await sights())[2]).toBe("closed");
    await setMethods({ ...rig.provider, number: third, methods: "https,wss,mqtts,proxy,compact" });
    await link[Symbol.asyncDispose]();
  });

  it("lead who comes to the bare host on: to the page of several, or by number who wants that", async () => {
    const cookie = await logIn();
    const bare = (path: string, headers = {}) =>
      rig.ask(path, { name: bareHost, headers: { ...html, cookie, ...headers } });
    expect((await bare("/")).headers.location).toBe("/homes");
    expect((await bare("/?number=")).status).toBe(200);
    expect((await bare(`/?number=${stranger}`)).headers.location).toContain(stranger);
    expect((await bare("/", { cookie: "" })).status).toBe(200);
  });

  it("are forgotten here by who says so, and shown by no token that was made up, doubled, ended or is too old", async () => {
    const cookie = await logIn();
    const other = await logIn();
    for (const bad of ["__Host-genkan-homes=x", `${cookie}x`, cookie.slice(0, -1), `${cookie}; ${cookie}`]) {
      expect(codeOf(await initialPage(bad, {}))).toBe("session-required");
      expect((await initialPage(bad)).text).toContain('data-ask="/homes/challenge"');
    }
    const out = await rig.ask("/homes/logout", { name: bareHost, method: "POST", headers: { ...html, cookie } });
    expect([out.status, out.headers.location]).toEqual([303, "/homes"]);
    expect(out.headers["set-cookie"]).toEqual([expect.stringContaining("__Host-genkan-homes=; ")]);
    // Whoever kept a copy of it has nothing.
    expect(codeOf(await initialPage(cookie, {}))).toBe("session-required");
    expect((await initialPage(other, {})).status).toBe(200);
    later += 24 * 60 * 60_000;
    expect(codeOf(await initialPage(other, {}))).toBe("session-required");
    later = 0;
  });

  it("are listed among the devices at each of them while somebody looks, and ended from there, by nobody else", async () => {
    const neighbour = "090-5";
    await subscribe({ ...rig.provider, number: neighbour, user, password, isOneTime: false });
    const [cookie, other] = [await logIn(), await logIn()];
    const account = async (of: string, path: string, more: object = {}): Promise<Answer> => {
      const name = `${of}.${bareHost}`;
      return rig.ask(path, { name, ...more, headers: { cookie: await rig.logIn(name) } });
    };
    const looking = async (): Promise<readonly { readonly id: string }[]> =>
      JSON.parse((await account(number, "/account")).text).sessions.filter(
        ({ isHomes }: { isHomes?: true }) => isHomes === true,
      );
    const lines = await looking();
    expect(lines.length).toBeGreaterThanOrEqual(2);
    const end = (of: string, id: string) => account(of, "/account/sessions/end", { json: { id } });
    for (const { id } of lines) await end(neighbour, id);
    expect(await looking()).toHaveLength(lines.length);
    for (const { id } of lines) await end(number, id);
    expect(await looking()).toEqual([]);
    for (const one of [cookie, other]) expect(codeOf(await initialPage(one, {}))).toBe("session-required");
    const last = await logIn();
    await account(number, "/account/sessions/others", { json: {} });
    expect(codeOf(await initialPage(last, {}))).toBe("session-required");
  });

  it("are no longer shown where the person, or the home, is suspended", async () => {
    await changePerson({ ...rig.provider, number: second, user: "other", deed: "suspend" });
    await changePerson({ ...rig.provider, number: third, user: undefined, deed: "suspend" });
    expect(await homes()).toEqual([number]);
    // Who has one home wants to be there.
    expect((await show(await touch(), html)).headers.location).toBe(`https://${number}.${bareHost}:${rig.port}/`);
    await changePerson({ ...rig.provider, number: second, user: "other", deed: "resume" });
    expect(await homes()).toEqual([second, number].sort());
  });

  it("are shown once for each touch, of this passkey, at this very origin", async () => {
    const used = await touch();
    expect((await show(used)).status).toBe(200);
    const refused = [
      used,
      await touch({ origin: `https://${rig.authority()}` }),
      await touch({ isUserVerified: false }),
      await touch({ rpId: "evil.example" }),
      await touch({}, makePasskey(bareHost)),
      {},
      assert(passkey, JSON.parse((await rig.ask("/login/challenge", { json: { kind: "passkey" } })).text).get, {
        origin: origin(),
      }),
    ];
    for (const response of refused) {
      const answer = await show(response);
      expect([answer.status, codeOf(answer)]).toEqual([401, "login-refused"]);
      // A good one in between, so that none is refused for being one of many.
      expect((await show(await touch())).status).toBe(200);
    }
    const foreign = await show(await touch(), { origin: `https://${rig.authority()}`, "sec-fetch-site": "same-site" });
    expect(codeOf(foreign)).toBe("origin-not-allowed");
  });

  it("have a page that leads there, and opens nothing by itself", async () => {
    const page = await rig.ask("/homes", { name: bareHost, headers: html });
    expect(page.text).toContain('data-ask="/homes/challenge"');
    expect(page.headers["content-security-policy"]).toContain("script-src 'sha256-");
    expect((await rig.ask("/", { name: bareHost, headers: html })).text).toContain('href="/homes"');
    expect(codeOf(await rig.ask("/homes", { name: bareHost, method: "PUT" }))).toBe("method-not-allowed");
    expect(codeOf(await rig.ask("/homes/challenge", { name: bareHost }))).toBe("method-not-allowed");
    expect(page.headers["content-security-policy"]).toContain(`form-action 'self' https://*.${bareHost}:${rig.port}`);
    expect(codeOf(await rig.ask("/homes/logout", { name: bareHost }))).toBe("method-not-allowed");
    expect((await rig.ask("/homes/x", { name: bareHost })).status).toBe(404);
    const wrong = await show(await touch({ isUserVerified: false }), html);
    expect([wrong.status, wrong.text.includes('role="alert"')]).toEqual([401, true]);
  });
});
