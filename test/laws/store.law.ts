/** What every store of the access broker holds to. */

import { describe, expect, it } from "vitest";
import type { Store } from "../../access-broker/subscriptions/store.ts";
import { communicationMethods } from "../../gateway-core/contract/communication-method.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";

const hanako = { number: "090-1234-5678", user: "hanako", passwordHash: "hash-1", state: "password" } as const;
const session = {
  ...{ id: "s1", number: hanako.number, user: "hanako", begunAt: 5, seenAt: 10, expiresAt: 1_000 },
  ...{ methods: "password", source: "192.0.2.1", agent: "test" },
};
const passkey = {
  number: hanako.number,
  user: "hanako",
  kind: "passkey",
  id: "p1",
  facts: { publicKey: "k", label: "電話" },
  counter: 0,
  addedAt: 10,
  usedAt: null,
} as const;
const decisive = {
  ...{ state: "password", requirement: null, hasTotp: false },
  ...{ role: "owner", grant: wholeGrant, isSuspended: false },
  home: { methods: communicationMethods, isSuspended: false },
};
const certificate = { serial: "4A", number: hanako.number, expiresAt: 1_000 };
const card = { tokenHash: "t1", number: hanako.number, expiresAt: 1_000, usedAt: null };

/** `open` gives an empty store; `reopen` the same one again, as a process that starts anew. */
export function storeLaw(open: () => Promise<{ store: Store; reopen: () => Promise<Store> }>): void {
  describe("A store", () => {
    it("finds a user of a home and no user of another", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      expect(await store.findUser(hanako.number, "hanako")).toEqual(hanako);
      expect(await store.findUser("090-0000-0000", "hanako")).toBeUndefined();
      expect(await store.listUsers()).toEqual([hanako]);
    });

    it("ends the sessions of a user who is replaced", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.addSession(session);
      expect(await store.findSession("s1")).toEqual({ ...session, ...decisive });
      await store.putUser({ ...hanako, passwordHash: "hash-2" });
      expect(await store.findSession("s1")).toBeUndefined();
      expect((await store.findUser(hanako.number, "hanako"))?.passwordHash).toBe("hash-2");
    });

    it("spends a one-time password once", async () => {
      const { store } = await open();
      await store.putUser({ ...hanako, state: "one-time" });
      expect(await store.spendOneTimePassword(hanako.number, "hanako")).toBe(true);
      expect(await store.spendOneTimePassword(hanako.number, "hanako")).toBe(false);
      expect((await store.findUser(hanako.number, "hanako"))?.state).toBe("one-time-used");
    });

    it("moves and removes sessions", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.addSession(session);
      await store.touchSession("s1", 99);
      expect((await store.findSession("s1"))?.seenAt).toBe(99);
      await store.removeSession("s1");
      expect(await store.findSession("s1")).toBeUndefined();
    });

    it("redeems a card once, and forgets the certificates that its home had", async () => {
      const { store } = await open();
      await store.addCard(card);
      await store.addCertificate({ ...certificate, serial: "01" });
      await store.addCertificate({ ...certificate, serial: "02", number: "090-0000-0000" });
      expect(await store.redeemCard("t1", 50, certificate)).toBe(true);
      expect(await store.redeemCard("t1", 51, { ...certificate, serial: "4B" })).toBe(false);
      expect((await store.findCard("t1"))?.usedAt).toBe(50);
      expect(await store.findCertificate("4A")).toEqual(certificate);
      expect(await store.findCertificate("01")).toBeUndefined();
      expect(await store.findCertificate("02")).toBeDefined();
      expect(await store.findCertificate("4B")).toBeUndefined();
    });

    it("forgets what has expired, and remembers which cards were used", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.addSession(session);
      await store.addCard(card);
      await store.addCard({ ...card, tokenHash: "t2", usedAt: 5 });
      await store.addCertificate(certificate);
      await store.addCertificate({ ...certificate, serial: "4B", expiresAt: 1_000 - 180 * 24 * 60 * 60_000 });
      await store.prune(1_000);
      expect(await store.findSession("s1")).toBeUndefined();
      expect(await store.findCard("t1")).toBeUndefined();
      expect(await store.findCard("t2")).toBeDefined();
      // For half a year a gateway that was away may renew what is over.
      expect(await store.findCertificate("4A")).toBeDefined();
      expect(await store.findCertificate("4B")).toBeUndefined();
    });

    it("finds many certificates at once, and forgets those of one home", async () => {
      const { store } = await open();
      for (const serial of ["01", "02"]) await store.addCertificate({ ...certificate, serial });
      await store.addCertificate({ ...certificate, serial: "03", number: "090-0000-0000" });
      const found = async () => (await store.findCertificates(["01", "03", "04"])).map(({ serial }) => serial).sort();
      expect(await found()).toEqual(["01", "03"]);
      expect(await store.findCertificates([])).toEqual([]);
      expect(await store.removeCertificates(certificate.number)).toBe(2);
      expect(await store.removeCertificates(certificate.number)).toBe(0);
      expect(await found()).toEqual(["03"]);
    });

    it("keeps everything over a restart, the newest audit entries first", async () => {
      const { store, reopen } = await open();
      await store.putUser(hanako);
      const entry = { at: 1, event: "login", number: hanako.number, user: "hanako", source: "::1", facts: { a: 1 } };
      await store.appendAudit(entry);
      await store.appendAudit({ ...entry, at: 2, number: null, user: null, source: null });
      await store[Symbol.asyncDispose]();
      const again = await reopen();
      expect(await again.listUsers()).toEqual([hanako]);
      expect((await again.readAudit(10)).map(({ at }) => at)).toEqual([2, 1]);
      expect((await again.readAudit(10))[1]).toEqual(entry);
      await again[Symbol.asyncDispose]();
    });

    it("holds what a home requires, until it is the default again", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.addSession(session);
      expect(await store.findRequirement(hanako.number)).toBeNull();
      for (const requirement of ["passkey", "password+totp"]) {
        await store.setRequirement(hanako.number, requirement);
        expect(await store.findRequirement(hanako.number)).toBe(requirement);
        expect((await store.findSession("s1"))?.requirement).toBe(requirement);
      }
      expect(await store.findRequirement("090-0000-0000")).toBeNull();
      await store.setRequirement(hanako.number, null);
      expect((await store.findSession("s1"))?.requirement).toBeNull();
    });

    it("knows which homes may use the proxy: none until it is said", async () => {
      const { store, reopen } = await open();
      expect(await store.findProxyPolicy(hanako.number)).toBeUndefined();
      const policy = { allow: ["*.example"], deny: ["bad.example", "192.0.2.0/24"] };
      for (const one of [{ allow: [], deny: [] }, policy]) await store.setProxyPolicy(hanako.number, one);
      expect(await store.findProxyPolicy("090-0000-0000")).toBeUndefined();
      await store[Symbol.asyncDispose]();
      const again = await reopen();
      expect(await again.findProxyPolicy(hanako.number)).toEqual(policy);
      await again.setProxyPolicy(hanako.number, undefined);
      expect(await again.findProxyPolicy(hanako.number)).toBeUndefined();
      await again[Symbol.asyncDispose]();
    });

    it("gives a credential to one user of a home, and the same one to another home too", async () => {
      const { store } = await open();
      for (const user of [hanako, { ...hanako, user: "taro" }, { ...hanako, number: "090-0000-0000" }])
        await store.putUser(user);
      expect(await store.findCredentialAnywhere("passkey", "p1")).toBeUndefined();
      expect(await store.addCredential(passkey)).toBe(true);
      expect(await store.addCredential({ ...passkey, user: "taro" })).toBe(false);
      expect(await store.addCredential({ ...passkey, kind: "key" })).toBe(true);
      expect(await store.findCredential(hanako.number, "passkey", "p1")).toEqual(passkey);
      expect(await store.findCredential("090-0000-0000", "passkey", "p1")).toBeUndefined();
      expect(await store.findCredentialAnywhere("passkey", "p1")).toEqual(passkey);
      expect(await store.addCredential({ ...passkey, number: "090-0000-0000" })).toBe(true);
      const everywhere = await store.listCredentialsAnywhere("passkey", "p1");
      expect(everywhere.map(({ number }) => number)).toEqual(["090-0000-0000", hanako.number]);
      expect(await store.listCredentialsAnywhere("passkey", "p2")).toEqual([]);
      expect((await store.listCredentials(hanako.number, "hanako")).map(({ kind }) => kind).sort()).toEqual([
        "key",
        "passkey",
      ]);
      expect(await store.listCredentials(hanako.number, "taro")).toEqual([]);
    });

    it("moves a credential's counter only upwards, unless it keeps none", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.addCredential(passkey);
      expect(await store.advanceCredential(passkey, 0, 20)).toBe(true);
      expect(await store.advanceCredential(passkey, 0, 30)).toBe(true);
      expect(await store.advanceCredential(passkey, 7, 40)).toBe(true);
      for (const counter of [7, 6, 0]) expect(await store.advanceCredential(passkey, counter, 50)).toBe(false);
      expect(await store.findCredential(hanako.number, "passkey", "p1")).toMatchObject({ counter: 7, usedAt: 40 });
    });

    it("removes a credential once, of its own user alone, and says on a session who has an authenticator app", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.addSession(session);
      await store.addCredential({ ...passkey, kind: "totp" });
      expect((await store.findSession("s1"))?.hasTotp).toBe(true);
      expect(await store.removeCredential(hanako.number, "taro", "totp", "p1")).toBe(false);
      expect(await store.removeCredential(hanako.number, "hanako", "totp", "p1")).toBe(true);
      expect(await store.removeCredential(hanako.number, "hanako", "totp", "p1")).toBe(false);
      expect((await store.findSession("s1"))?.hasTotp).toBe(false);
    });

    it("keeps credentials and requirement when a password is changed", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.addCredential(passkey);
      await store.setRequirement(hanako.number, "passkey");
      await store.putUser({ ...hanako, passwordHash: "hash-2" });
      expect(await store.listCredentials(hanako.number, "hanako")).toEqual([passkey]);
      expect(await store.findRequirement(hanako.number)).toBe("passkey");
    });

    it("holds who looks at the page of their homes, by passkey, until it is ended or its time is over", async () => {
      const { store, reopen } = await open();
      const first = {
        ...{ id: "h1", passkey: "p1", keyDigest: "d1", begunAt: 1, seenAt: 2, expiresAt: 1_000 },
        ...{ source: "192.0.2.1", agent: "test" },
      };
      const second = { ...first, id: "h2", seenAt: 3, expiresAt: 2_000 };
      for (const one of [first, second, { ...first, id: "h3", passkey: "p2" }]) await store.addHomesSession(one);
      expect(await store.findHomesSession("h1")).toEqual(first);
      expect(await store.listHomesSessions("p1")).toEqual([second, first]);
      await store.touchHomesSession("h1", 9);
      const again = await reopen();
      expect((await again.listHomesSessions("p1")).map(({ id, seenAt }) => [id, seenAt])).toEqual([
        ["h1", 9],
        ["h2", 3],
      ]);
      await again.prune(1_000);
      expect(await again.findHomesSession("h1")).toBeUndefined();
      await again.removeHomesSession("h2");
      expect(await again.listHomesSessions("p1")).toEqual([]);
    });

    it("lists a user's sessions, the one seen last first", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.addSession(session);
      await store.addSession({ ...session, id: "s2", seenAt: 20 });
      expect((await store.listSessions(hanako.number, "hanako")).map(({ id }) => id)).toEqual(["s2", "s1"]);
      expect(await store.listSessions(hanako.number, "taro")).toEqual([]);
    });

    it("makes a secret once, the same over a restart", async () => {
      const { store, reopen } = await open();
      expect(await store.secret("one", "a")).toBe("a");
      expect(await store.secret("one", "b")).toBe("a");
      expect(await store.secret("two", "b")).toBe("b");
      await store[Symbol.asyncDispose]();
      const again = await reopen();
      expect(await again.secret("one", "c")).toBe("a");
      await again[Symbol.asyncDispose]();
    });

    it("tells the table's own text as text, whatever it holds", async () => {
      const { store } = await open();
      const odd = { ...hanako, user: "'; DROP TABLE users; --" };
      await store.putUser(odd);
      expect(await store.findUser(odd.number, odd.user)).toEqual(odd);
    });
  });
}
