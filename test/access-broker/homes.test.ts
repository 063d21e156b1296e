import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changePerson, invitePerson } from "../../access-broker/access-broker.ts";
import { openStore } from "../../access-broker/provider.ts";
import { assert, type FakePasskey, makePasskey, register } from "../fakes/fake-authenticator.ts";
import { type Answer, bareHost, codeOf, number, openRig, type Rig, user } from "./rig.ts";

const html = { accept: "text/html", "accept-language": "en" };
const [second, third, stranger] = ["090-2", "090-3", "090-4"] as const;

describe("A person's own homes", { timeout: 60_000 }, () => {
  let rig: Rig;
  let passkey: FakePasskey;
  const origin = () => `https://${bareHost}:${rig.port}`;
  const challenge = async () => JSON.parse((await rig.ask("/homes/challenge", { name: bareHost, json: {} })).text).get;
  const show = (response: object, headers = {}): Promise<Answer> =>
    rig.ask("/homes", { name: bareHost, json: { passkey: JSON.stringify(response) }, headers });
  const touch = async (more = {}, of = passkey) => assert(of, await challenge(), { origin: origin(), ...more });
  const homes = async (): Promise<readonly string[]> =>
    JSON.parse((await show(await touch())).text).homes.map((home: { number: string }) => home.number);

  beforeAll(async () => {
    rig = await openRig();
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
    const page = await show(await touch(), html);
    expect([page.status, page.headers["set-cookie"], page.headers["cache-control"]]).toEqual([
      200,
      undefined,
      "no-store",
    ]);
    expect(page.text).toContain(`href="https://${second}.${bareHost}:${rig.port}/"`);
    expect(page.text).not.toContain(stranger);
  });

  it("are no longer shown where the person, or the home, is suspended", async () => {
    await changePerson({ ...rig.provider, number: second, user: "other", deed: "suspend" });
    await changePerson({ ...rig.provider, number: third, user: undefined, deed: "suspend" });
    expect(await homes()).toEqual([number]);
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
    expect((await rig.ask("/homes/x", { name: bareHost })).status).toBe(404);
    const wrong = await show(await touch({ isUserVerified: false }), html);
    expect([wrong.status, wrong.text.includes('role="alert"')]).toEqual([401, true]);
  });
});
