/** The provider's desk at the bare host: who comes in and by what, what they do there and under whose name, and what nobody else may. */

import { generateSync } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invitePerson, listTable, parseAccessBrokerSettings } from "../../access-broker/access-broker.ts";
import { openStore } from "../../access-broker/provider.ts";
import { exportSubscriptions } from "../../access-broker/provider-file.ts";
import { providerDesk } from "../../gateway-core/contract/access-number.ts";
import { viewOnly, wholeGrant } from "../../gateway-core/contract/grant.ts";
import { assert, makePasskey, register } from "../fakes/fake-authenticator.ts";
import { shippedLamp } from "../fakes/shipped-descriptor.ts";
import {
  type Answer,
  type Ask,
  bareHost,
  codeOf,
  cookiesOf,
  number,
  openRig,
  password,
  type Rig,
  user,
} from "./rig.ts";

const html = { accept: "text/html", "accept-language": "en" };
let now = Date.now();

describe("The provider's desk at the bare host", { timeout: 60_000 }, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig(() => now, { operator: { port: 0, atBareHost: true }, numberFormat: "090-1234-XXXX" });
  }, 60_000);
  afterAll(async () => rig?.[Symbol.asyncDispose]());

  const at = (path: string, cookie = "", more: Ask = {}): Promise<Answer> =>
    rig.ask(path, { name: bareHost, ...more, headers: { ...(cookie === "" ? {} : { cookie }), ...more.headers } });
  const origin = (): string => `https://${bareHost}:${rig.port}`;
  const desk = () => ({ ...rig.provider, number: providerDesk });

  /** Comes by an invitation and registers a passkey. */
  async function joined(name: string, wished: { role?: "owner" | "guest"; grant?: unknown } = {}) {
    const { secret, address } = await invitePerson({ ...desk(), user: name, ...wished });
    expect(address).toBe(`${origin()}/invitation`);
    const invited = cookiesOf(await at("/invitation", "", { json: { secret } }));
    const { create } = JSON.parse((await at("/account/passkeys/options", invited, { json: {} })).text);
    const passkey = makePasskey(bareHost);
    const made = register(passkey, create, { origin: origin() });
    const done = await at("/account/passkeys/create", invited, {
      json: { passkey: JSON.stringify(made), label: name },
    });
    expect(done.status, done.text).toBe(303);
    const logIn = async (): Promise<Answer> => {
      const { get } = JSON.parse((await at("/login/challenge", "", { json: { kind: "passkey" } })).text);
      const shown = assert(passkey, get, { origin: origin() });
      return at("/login", "", { json: { passkey: JSON.stringify(shown) } });
    };
    return { cookie: cookiesOf(done), logIn };
  }

  it("is not there where the settings do not open it", async () => {
    await using closed = await openRig();
    for (const path of ["/provider", "/provider/homes", "/login", "/account", "/invitation"]) {
      expect((await closed.ask(path, { name: bareHost })).status, path).toBe(404);
    }
  });

  it("asks for two factors, whatever the settings say", () => {
    for (const requirement of ["password", "passkey|key", "view:passkey", "password+totp|totp"]) {
      expect(() => parseAccessBrokerSettings({ operator: { requirement } }), requirement).toThrow(
        "operator.requirement",
      );
    }
    for (const requirement of ["passkey@192.0.2.0/24", "password+key|passkey"]) {
      expect(parseAccessBrokerSettings({ operator: { requirement } }).operator.requirement).toBe(requirement);
    }
  });

  it("lets nobody in without a login, and no home's session or person", async () => {
    const homeCookie = await rig.logIn();
    for (const cookie of ["", homeCookie]) {
      for (const path of ["/provider", "/provider/homes", `/provider/home?number=${number}`, "/account"]) {
        expect(codeOf(await at(path, cookie)), path).toBe("session-required");
        expect((await at(path, cookie, { headers: html })).headers.location).toBe("/login");
      }
      const card = await at("/provider/home/card", cookie, { json: { number } });
      expect(codeOf(card)).toBe("session-required");
    }
    expect(codeOf(await at("/login", "", { json: { user, password } }))).toBe("login-refused");
    const page = await at("/login", "", { headers: html });
    expect(page.text).toContain("For the people of the service provider.");
  });

  it("is entered by a passkey, or by a password with a second factor and never by a password alone", async () => {
    const { logIn } = await joined("sato");
    const answer = await logIn();
    expect([answer.status, answer.headers.location]).toEqual([303, "/provider"]);
    expect(answer.headers["set-cookie"]?.join()).toContain("__Host-genkan=");
    expect((await at("/provider", cookiesOf(answer), { headers: html })).text).toContain("Homes online");

    const { secret } = await invitePerson({ ...desk(), user: "mori", role: "guest" });
    const invited = cookiesOf(await at("/invitation", "", { json: { secret } }));
    const words = "seven quiet lanterns";
    const half = cookiesOf(await at("/password", invited, { form: { password: words } }));
    expect(codeOf(await at("/provider", half))).toBe("second-factor-required");
    const setUp = JSON.parse((await at("/account/totp", half, { json: {} })).text);
    const code = generateSync({ secret: setUp.secret, epoch: now / 1000 });
    const whole = cookiesOf(await at("/account/totp/confirm", half, { json: { ...setUp, code } }));
    expect((await at("/provider", whole, { headers: html })).status).toBe(200);
    expect(codeOf(await at("/login", "", { json: { user: "mori", password: words } }))).toBe("second-factor-required");
    const later = generateSync({ secret: setUp.secret, epoch: now / 1000 + 30 });
    expect((await at("/login", "", { json: { user: "mori", password: words, code: later } })).status).toBe(303);
    // There is nothing there that an app password would open.
    expect((await at("/account/apps", whole, { json: { label: "x" } })).status).toBe(404);
  });

  it("locks out who guesses, from there alone", async () => {
    const guess = (from: string) => at("/login", "", { json: { user: "sato", password: "wrong wrong wrong" }, from });
    const codes: unknown[] = [];
    for (let n = 0; n < 7; n++) codes.push(codeOf(await guess("127.0.0.77")));
    expect(codes.at(-1)).toBe("too-many-attempts");
    expect(codeOf(await guess("127.0.0.78"))).toBe("login-refused");
  });

  it("opens a home under a number of the provider's format and hands out its first invitation", async () => {
    const { cookie } = await joined("kato");
    const order = (json: object, headers = {}) => at("/provider/homes", cookie, { json, headers });
    expect(codeOf(await order({ number: "080-1", user: "hanako" }))).toBe("value-invalid");
    expect(codeOf(await order({ number, user: "hanako" }))).toBe("value-invalid");
    const opened = JSON.parse((await order({ user: "taro", methods: "https,mqtts" })).text);
    expect(opened.number).toMatch(/^090-1234-\d{4}$/);
    const address = `${opened.number}.${bareHost}`;
    expect(opened.address).toBe(`https://${address}:${rig.port}/invitation`);
    const taken = await rig.ask("/invitation", { name: address, json: { secret: opened.secret } });
    expect([taken.status, taken.headers.location]).toEqual([303, "/invitation"]);
    expect(await listTable(rig.provider)).toContainEqual(
      expect.objectContaining({ number: opened.number, user: "taro", role: "owner", methods: ["https", "mqtts"] }),
    );
    expect(await rig.audit()).toContainEqual(
      expect.objectContaining({
        ...{ event: "person-invited", number: opened.number, user: "taro", source: "127.0.0.1" },
        facts: expect.objectContaining({ by: "kato" }),
      }),
    );

    const form = { number: "", user: "jiro", boxes: "1", "method:https": "on" };
    const page = await at("/provider/homes", cookie, { form, headers: html });
    expect([page.status, page.text.includes("/invitation#")]).toEqual([200, true]);
    const none = await at("/provider/homes", cookie, { form: { number: "", user: "jiro", boxes: "1" }, headers: html });
    expect(none.status).toBe(422);
  });

  it("shows a home, and changes by what it is reached, what it asks for, who comes in, and its gateway", async () => {
    await using _home = await rig.join(async () => new Response("page"));
    const { cookie } = await joined("ito");
    const show = async () => JSON.parse((await at(`/provider/home?number=${number}`, cookie)).text);
    expect(await show()).toMatchObject({
      number,
      isOnline: true,
      isEnrolled: true,
      requirement: "password|passkey|key",
    });
    const post = (deed: string, json: object) => at(`/provider/home/${deed}`, cookie, { json: { number, ...json } });
    expect(JSON.parse((await at("/provider/homes?number=1234-5678", cookie)).text)).toEqual({
      homes: [{ number, isOnline: true }],
    });

    expect((await post("rules", { methods: "https", requirement: "password", proxy: "on" })).status).toBe(303);
    expect(await show()).toMatchObject({ methods: ["https"], requirement: "password", proxy: "on" });
    expect(codeOf(await post("rules", { requirement: "magic" }))).toBe("value-invalid");
    expect(JSON.parse((await post("card", {})).text)).toMatchObject({ v: 1, number });
    const told = JSON.parse((await post("invite", { user: "guest", role: "guest" })).text);
    expect(told.link).toContain(`${number}.${bareHost}`);

    const session = await rig.logIn();
    expect((await rig.ask("/", { headers: { cookie: session } })).status).toBe(200);
    await post("suspend", {});
    expect(codeOf(await rig.ask("/", { headers: { cookie: session } }))).toBe("session-required");
    await post("resume", {});
    await post("suspend", { user: "guest" });
    expect((await show()).people).toContainEqual(expect.objectContaining({ user: "guest", isSuspended: true }));
    await post("remove", { user: "guest" });
    await post("revoke", {});
    expect(await show()).toMatchObject({ isEnrolled: false, people: [{ user }] });
    expect(codeOf(await post("suspend", { number: providerDesk, user: "sato" }))).toBe("value-invalid");
    expect(codeOf(await at("/provider/home?number=nowhere", cookie))).toBe("not-found");

    const events = (await rig.audit()).filter(({ facts }) => facts["by"] === "ito").map(({ event }) => event);
    for (const event of ["methods-set", "requirement-set", "proxy-set", "card-issued", "home-suspended"]) {
      expect(events).toContain(event);
    }
    for (const event of ["home-resumed", "person-suspended", "person-removed", "gateway-revoked"]) {
      expect(events).toContain(event);
    }
  });

  it("publishes a descriptor under the name of who does it", async () => {
    const { cookie } = await joined("abe");
    const form = { descriptor: JSON.stringify(shippedLamp()), model: "" };
    expect((await at("/provider/descriptors", cookie, { form, headers: html })).text).toContain("is published");
    expect(await rig.audit()).toContainEqual(
      expect.objectContaining({ event: "descriptor-published", facts: expect.objectContaining({ by: "abe" }) }),
    );
  });

  it("changes nothing for who may only look, from another origin, or long after the login", async () => {
    const { cookie: viewer } = await joined("watch", { role: "guest", grant: viewOnly(wholeGrant) });
    expect((await at("/provider/homes", viewer)).status).toBe(200);
    expect((await at("/provider/homes", viewer, { headers: html })).text).not.toContain(
      '<form method="post" action="/provider',
    );
    expect(codeOf(await at("/provider/home/suspend", viewer, { json: { number } }))).toBe("not-granted");
    const { cookie } = await joined("ueda");
    const foreign = { origin: `https://${number}.${bareHost}:${rig.port}`, "sec-fetch-site": "same-site" };
    const led = await at("/provider/home/suspend", cookie, { json: { number }, headers: foreign });
    expect(codeOf(led)).toBe("origin-not-allowed");
    now += 16 * 60_000;
    expect(codeOf(await at("/provider/home/suspend", cookie, { json: { number } }))).toBe("login-again");
    // Who was away for half an hour logs in again.
    now += 31 * 60_000;
    expect(codeOf(await at("/provider", cookie))).toBe("session-required");
  });

  it("is staffed by its administrators alone, who suspend a colleague at once", async () => {
    const { cookie: chief } = await joined("chief", { role: "owner" });
    const { cookie } = await joined("clerk");
    expect(codeOf(await at("/account/people", cookie))).toBe("not-granted");
    const page = await at("/account/people", chief, { headers: html });
    expect(page.text).toContain("People of the desk");
    await at("/account/people/suspend", chief, { json: { user: "clerk" } });
    expect(codeOf(await at("/provider", cookie))).toBe("session-required");
  });

  it("lives beside the homes: no table, file, list, count or passkey takes it for one", async () => {
    expect((await listTable(rig.provider)).map((row) => row.number)).not.toContain(providerDesk);
    expect((await exportSubscriptions(rig.provider)).statement).not.toContain(providerDesk);
    expect((await rig.ask("/login", { name: `provider.${bareHost}` }).catch(() => undefined))?.status).not.toBe(303);
    const { cookie } = await joined("oda");
    expect((await at("/provider/homes", cookie)).text).not.toContain(providerDesk);
    await using store = openStore(rig.provider);
    const { homes } = await store.countStored(now);
    expect(homes).toBe((await store.findNumbers("", 1_000)).length);
  });
});
