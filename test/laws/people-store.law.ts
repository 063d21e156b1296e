/** What every store holds to about the people of a home. */

import { describe, expect, it } from "vitest";
import type { Store } from "../../access-broker/subscriptions/store.ts";
import { providerDesk } from "../../gateway-core/contract/access-number.ts";
import { communicationMethods } from "../../gateway-core/contract/communication-method.ts";
import { type Grant, wholeGrant } from "../../gateway-core/contract/grant.ts";

const number = "090-1234-5678";
const elsewhere = "090-0000-0000";
const hanako = { number, user: "hanako", passwordHash: "hash-1", state: "password" } as const;
const taro = { ...hanako, user: "taro" };
const session = {
  ...{ id: "s1", number, user: "taro", begunAt: 5, seenAt: 10, expiresAt: 1_000 },
  ...{ methods: "password", source: "192.0.2.1", agent: "test" },
};
const key = {
  ...{ number, user: "taro", id: "k1", facts: {}, counter: 0, addedAt: 10, usedAt: null },
  kind: "key",
} as const;
const lamp: Grant = { devices: { lamp: { access: "view", properties: ["on"] } }, window: { days: [1, 2] } };
const open = { methods: communicationMethods, isSuspended: false };

/** `begin` gives an empty store; `reopen` the same one again, as a process that starts anew. */
export function peopleStoreLaw(begin: () => Promise<{ store: Store; reopen: () => Promise<Store> }>): void {
  const inhabited = async () => {
    const begun = await begin();
    for (const user of [hanako, taro]) await begun.store.putUser(user);
    await begun.store.addSession(session);
    await begun.store.addCredential(key);
    return begun;
  };

  describe("The people of a home", () => {
    it("are its owner, who came first, and guests, who may all until it is said what they may", async () => {
      const { store } = await inhabited();
      await store.putUser({ ...hanako, number: elsewhere });
      const whole = { grant: wholeGrant, isSuspended: false, invitedUntil: null };
      const own = { number, user: "hanako", role: "owner", ...whole };
      const other = { number, user: "taro", role: "guest", ...whole };
      expect(await store.listPeople(number)).toEqual([own, other]);
      expect(await store.listPeople()).toEqual([{ ...own, number: elsewhere }, own, other]);
      expect(await store.findStanding(number, "nobody")).toBeUndefined();
      expect(await store.findStanding(elsewhere, "taro")).toBeUndefined();
    });

    it("are found by a part of their number, each home once, and the provider's own people at none", async () => {
      const { store } = await inhabited();
      for (const other of [elsewhere, providerDesk]) await store.putUser({ ...hanako, number: other });
      const sorted = [number, elsewhere].toSorted();
      expect(await store.findNumbers("", 10)).toEqual(sorted);
      expect(await store.findNumbers("", 1)).toEqual(sorted.slice(0, 1));
      expect(await store.findNumbers(number.slice(2), 10)).toEqual([number]);
      for (const none of ["%", providerDesk.slice(1)]) expect(await store.findNumbers(none, 10)).toEqual([]);
      expect((await store.listPeople(providerDesk)).map(({ user }) => user)).toEqual(["hanako"]);
      expect((await store.countStored(0)).homes).toBe(2);
    });

    it("stay who they are when they set another password", async () => {
      const { store } = await inhabited();
      await store.setGrant(number, "taro", "guest", lamp);
      await store.putUser({ ...taro, passwordHash: "hash-2" });
      await store.putUser({ ...hanako, passwordHash: "hash-2" });
      expect((await store.listPeople(number)).map(({ role, grant }) => [role, grant])).toEqual([
        ["owner", wholeGrant],
        ["guest", lamp],
      ]);
    });

    it("have their grant on their session at once, and over a restart", async () => {
      const { store, reopen } = await inhabited();
      expect(await store.findSession("s1")).toMatchObject({ role: "guest", grant: wholeGrant, home: open });
      expect(await store.setGrant(number, "taro", "guest", lamp)).toBe(true);
      expect(await store.setGrant(number, "nobody", "guest", lamp)).toBe(false);
      expect(await store.findSession("s1")).toMatchObject({ role: "guest", grant: lamp });
      await store[Symbol.asyncDispose]();
      const again = await reopen();
      expect(await again.findStanding(number, "taro")).toEqual({
        ...{ role: "guest", grant: lamp, isSuspended: false, home: open },
      });
      await again.setGrant(number, "taro", "owner", lamp);
      expect(await again.findStanding(number, "taro")).toMatchObject({ role: "owner", grant: wholeGrant });
      await again[Symbol.asyncDispose]();
    });

    it("lose their sessions when they are suspended, and nothing else", async () => {
      const { store } = await inhabited();
      expect(await store.setSuspended(number, "taro", true)).toBe(true);
      expect(await store.findSession("s1")).toBeUndefined();
      expect(await store.findStanding(number, "taro")).toMatchObject({ isSuspended: true });
      expect(await store.findStanding(number, "hanako")).toMatchObject({ isSuspended: false });
      expect(await store.listCredentials(number, "taro")).toHaveLength(1);
      expect(await store.setSuspended(number, "taro", false)).toBe(true);
      expect(await store.findStanding(number, "taro")).toMatchObject({ isSuspended: false });
      expect(await store.setSuspended(number, "nobody", true)).toBe(false);
    });

    it("are forgotten with all that they held when they are removed", async () => {
      const { store } = await inhabited();
      expect(await store.removePerson(number, "taro")).toBe(true);
      expect(await store.removePerson(number, "taro")).toBe(false);
      expect(await store.findSession("s1")).toBeUndefined();
      expect(await store.findCredential(number, "key", "k1")).toBeUndefined();
      await store.putUser(taro);
      expect(await store.listCredentials(number, "taro")).toEqual([]);
      expect(await store.findStanding(number, "taro")).toMatchObject({ role: "guest", grant: wholeGrant });
    });
  });

  describe("A home", () => {
    it("is reached by every method until it is said by which, and the rest stays as it is", async () => {
      const { store } = await inhabited();
      expect(await store.findHomeRules(number)).toEqual(open);
      await store.setHomeRules(number, { methods: ["https", "mqtts"] });
      expect(await store.findHomeRules(number)).toEqual({ methods: ["https", "mqtts"], isSuspended: false });
      expect(await store.findHomeRules(elsewhere)).toEqual(open);
      expect((await store.findSession("s1"))?.home.methods).toEqual(["https", "mqtts"]);
      await store.setHomeRules(number, { isSuspended: true });
      expect(await store.findStanding(number, "hanako")).toMatchObject({
        home: { methods: ["https", "mqtts"], isSuspended: true },
      });
    });

    it("is enrolled while a gateway of it has a certificate that is good", async () => {
      const { store } = await inhabited();
      expect(await store.isEnrolled(number, 0)).toBe(false);
      await store.addCertificate({ serial: "4A", number: elsewhere, expiresAt: 1_000 });
      expect(await store.isEnrolled(number, 0)).toBe(false);
      await store.addCertificate({ serial: "4B", number, expiresAt: 1_000 });
      expect([await store.isEnrolled(number, 999), await store.isEnrolled(number, 1_000)]).toEqual([true, false]);
    });

    it("that is suspended has no session any more", async () => {
      const { store } = await inhabited();
      await store.setHomeRules(number, { methods: ["https"] });
      expect(await store.findSession("s1")).toBeDefined();
      await store.setHomeRules(number, { isSuspended: true });
      expect(await store.findSession("s1")).toBeUndefined();
      await store.setHomeRules(number, { isSuspended: false });
      expect(await store.findHomeRules(number)).toEqual({ methods: ["https"], isSuspended: false });
    });
  });

  describe("Homes of a subscription file", () => {
    const { number: _number, user: _user, usedAt: _usedAt, ...held } = key;
    const person = {
      ...{ user: "saburo", grant: lamp, isSuspended: false, passwordHash: "h", credentials: [held] },
      ...({ role: "guest", state: "password" } as const),
    };
    const home = { number, methods: ["https"], isSuspended: false, requirement: "passkey", people: [person] } as const;

    it("take the place of what there was of them, and of no other's", async () => {
      const { store } = await inhabited();
      await store.putUser({ ...hanako, number: elsewhere });
      await store.putHomes([home]);
      expect((await store.listPeople()).map((one) => [one.number, one.user, one.role, one.grant])).toEqual([
        [elsewhere, "hanako", "owner", wholeGrant],
        [number, "saburo", "guest", lamp],
      ]);
      expect(await store.findSession("s1")).toBeUndefined();
      expect(await store.findUser(number, "saburo")).toMatchObject({ passwordHash: "h", state: "password" });
      expect(await store.findCredential(number, "key", "k1")).toMatchObject({ user: "saburo", usedAt: null });
      expect(await store.findHomeRules(number)).toEqual({ methods: ["https"], isSuspended: false });
      expect(await store.findRequirement(number)).toBe("passkey");
    });

    it("bring what they want of the outbound proxy, take it away, or leave it as it was", async () => {
      const { store } = await inhabited();
      const policy = { allow: ["www.example"], deny: ["192.0.2.0/24"] };
      await store.putHomes([{ ...home, proxy: policy }]);
      expect(await store.findProxyPolicy(number)).toEqual(policy);
      await store.putHomes([home]);
      expect(await store.findProxyPolicy(number)).toEqual(policy);
      await store.putHomes([{ ...home, proxy: null }]);
      expect(await store.findProxyPolicy(number)).toBeUndefined();
    });

    it("are put all or none", async () => {
      const { store } = await inhabited();
      const twice = { ...home, number: elsewhere, people: [person, person] };
      await expect(store.putHomes([home, twice])).rejects.toThrow();
      expect((await store.listPeople()).map(({ user }) => user)).toEqual(["hanako", "taro"]);
      expect(await store.findRequirement(number)).toBeNull();
    });
  });

  describe("An invitation", () => {
    const invitation = { secretHash: "i1", number, user: "taro", expiresAt: 1_000 };

    it("is good once: the person begins anew, without a session or anything held before", async () => {
      const { store } = await inhabited();
      await store.setGrant(number, "taro", "guest", lamp);
      await store.putInvitation(invitation);
      expect((await store.listPeople(number))[1]).toMatchObject({ invitedUntil: 1_000 });
      expect(await store.findInvitation("i1", 999)).toEqual(invitation);
      expect(await store.redeemInvitation("i1", 999)).toEqual(invitation);
      expect(await store.redeemInvitation("i1", 999)).toBeUndefined();
      expect(await store.findSession("s1")).toBeUndefined();
      expect(await store.listCredentials(number, "taro")).toEqual([]);
      expect(await store.findUser(number, "taro")).toMatchObject({ passwordHash: "", state: "none" });
      expect(await store.findStanding(number, "taro")).toMatchObject({ role: "guest", grant: lamp });
      expect(await store.findUser(number, "hanako")).toEqual(hanako);
    });

    it("is good until its time, takes the place of an earlier one, and goes with its person", async () => {
      const { store } = await inhabited();
      await store.putInvitation(invitation);
      expect(await store.findInvitation("i1", 1_000)).toBeUndefined();
      expect(await store.redeemInvitation("i1", 1_000)).toBeUndefined();
      expect(await store.findUser(number, "taro")).toEqual(taro);
      await store.putInvitation({ ...invitation, secretHash: "i2" });
      expect(await store.findInvitation("i1", 0)).toBeUndefined();
      await store.prune(1_000);
      expect(await store.findInvitation("i2", 0)).toBeUndefined();
      await store.putInvitation({ ...invitation, secretHash: "i3" });
      await store.removePerson(number, "taro");
      expect(await store.findInvitation("i3", 0)).toBeUndefined();
    });
  });
}
