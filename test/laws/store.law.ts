/** What every store of the access broker holds to. */

import { describe, expect, it } from "vitest";
import type { Store } from "../../access-broker/subscriptions/store.ts";

const hanako = { number: "090-1234-5678", user: "hanako", passwordHash: "hash-1", state: "password" } as const;
const session = { id: "s1", number: hanako.number, user: "hanako", seenAt: 10, expiresAt: 1_000 };
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
      expect(await store.findSession("s1")).toEqual({ ...session, state: "password" });
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
      await store.prune(1_000);
      expect(await store.findSession("s1")).toBeUndefined();
      expect(await store.findCard("t1")).toBeUndefined();
      expect(await store.findCard("t2")).toBeDefined();
      expect(await store.findCertificate("4A")).toBeUndefined();
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

    it("adds signed statements in rising sequence, all or none, and finds them by it", async () => {
      const { store } = await open();
      const entry = {
        sequence: 5,
        type: "a",
        version: "1.0.0",
        gateways: { model: "m" },
        matches: [{ protocol: "p" }],
      };
      const signed = { statement: "{}", signature: "s" };
      const withdrawal = { sequence: 6, type: "a", version: null, gateways: null, matches: null };
      expect(await store.descriptorSequence()).toBe(0);
      expect(
        await store.addDescriptors([
          { ...entry, ...signed },
          { ...withdrawal, ...signed },
        ]),
      ).toBe(true);
      expect(await store.addDescriptors([{ ...entry, ...signed, sequence: 6 }])).toBe(false);
      expect(await store.listDescriptors(0)).toEqual([entry, withdrawal]);
      expect(await store.listDescriptors(5)).toEqual([withdrawal]);
      expect(await store.readDescriptor(5)).toEqual(signed);
      expect(await store.readDescriptor(4)).toBeUndefined();
      expect(await store.descriptorSequence()).toBe(6);
    });

    it("counts who wants what, each home once and each within a bound, and forgets after 90 days", async () => {
      const { store } = await open();
      const dayMs = 24 * 60 * 60_000;
      for (const [key, home] of [
        ["lamp", "h1"],
        ["lamp", "h2"],
        ["lamp", "h2"],
        ["fan", "h1"],
      ] as const)
        await store.noteWanted(key, home, 1);
      expect(await store.listWanted(10)).toEqual([
        { key: "lamp", homes: 2, askedAt: 1 },
        { key: "fan", homes: 1, askedAt: 1 },
      ]);
      expect(await store.listWanted(1)).toHaveLength(1);
      await store.noteWanted("fan", "h1", dayMs + 1);
      await store.forgetWanted("lamp", "h1");
      await store.prune(90 * dayMs + 1);
      expect(await store.listWanted(10)).toEqual([{ key: "fan", homes: 1, askedAt: dayMs + 1 }]);
      for (let n = 0; n < 150; n++) await store.noteWanted(`k${n}`, "h1", 2 * dayMs + n);
      const kept = (await store.listWanted(1_000)).map(({ key }) => key);
      expect(kept).toHaveLength(100);
      expect(kept).not.toContain("fan");
      expect(kept).toContain("k149");
    });

    it("tells the table's own text as text, whatever it holds", async () => {
      const { store } = await open();
      const odd = { ...hanako, user: "'; DROP TABLE users; --" };
      await store.putUser(odd);
      expect(await store.findUser(odd.number, odd.user)).toEqual(odd);
    });
  });
}
