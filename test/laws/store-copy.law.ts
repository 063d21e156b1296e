/** What every store holds to when several act at once, and when it is copied whole. */

import { describe, expect, it } from "vitest";
import { brokenAt } from "../../access-broker/subscriptions/audit-chain.ts";
import type { Store } from "../../access-broker/subscriptions/store.ts";
import { parseStoredRow, type StoredRow, storeTables } from "../../access-broker/subscriptions/store-copy.ts";

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
const homesSession = {
  ...{ id: "h1", passkey: "p1", keyDigest: "d", begunAt: 5, seenAt: 10, expiresAt: 1_000 },
  ...{ source: "192.0.2.1", agent: "test" },
};
const certificate = { serial: "4A", number: hanako.number, expiresAt: 1_000 };
const card = { tokenHash: "t1", number: hanako.number, expiresAt: 1_000, usedAt: null };

/** Something in every table. */
export async function fillStore(store: Store): Promise<void> {
  await store.putUser(hanako);
  await store.addSession(session);
  await store.addHomesSession(homesSession);
  await store.setRequirement(hanako.number, "passkey");
  await store.setProxyPolicy(hanako.number, { allow: ["www.example"], deny: [] });
  await store.setHomeRules(hanako.number, { methods: ["https"] });
  await store.putInvitation({ secretHash: "i1", number: hanako.number, user: "hanako", expiresAt: 1_000 });
  await store.addCredential(passkey);
  await store.addCard(card);
  await store.addCertificate(certificate);
  await store.addDescriptors([
    { sequence: 5, type: "a", version: null, gateways: null, matches: null, statement: "{}", signature: "s" },
  ]);
  await store.noteWanted("lamp", "h1", 1);
  await store.secret("one", "a");
  await store.appendAudit({ at: 1, event: "login", number: hanako.number, user: "hanako", source: "::1", facts: {} });
}

/** `open` gives an empty store; `reopen` the same one again, as another process has it. */
export function storeCopyLaw(open: () => Promise<{ store: Store; reopen: () => Promise<Store> }>): void {
  describe("A store", () => {
    it("lets one of many win, over two connections: a card, a one-time password, a credential, a counter, a secret", async () => {
      const { store, reopen } = await open();
      const beside = await reopen();
      await store.putUser({ ...hanako, state: "one-time" });
      await store.addCard(card);
      const race = async (act: (of: Store, at: number) => Promise<boolean>): Promise<number> => {
        const won = await Promise.all(Array.from({ length: 20 }, (_, at) => act(at % 2 === 0 ? store : beside, at)));
        return won.filter(Boolean).length;
      };
      expect(await race((of, at) => of.redeemCard("t1", at + 1, { ...certificate, serial: `A${at}` }))).toBe(1);
      const serials = Array.from({ length: 20 }, (_, at) => `A${at}`);
      expect(await store.findCertificates(serials)).toHaveLength(1);
      expect(await race((of) => of.spendOneTimePassword(hanako.number, "hanako"))).toBe(1);
      expect(await race((of) => of.addCredential(passkey))).toBe(1);
      expect(await race((of) => of.advanceCredential(passkey, 7, 60))).toBe(1);
      expect(await race((of) => of.removeCredential(hanako.number, "hanako", "passkey", "p1"))).toBe(1);
      const made = await Promise.all([store, beside, store, beside].map((of, at) => of.secret("s", `fresh-${at}`)));
      expect(new Set(made).size).toBe(1);
      await beside[Symbol.asyncDispose]();
    });

    it("gives a home one owner, however many come first", async () => {
      const { store, reopen } = await open();
      const beside = await reopen();
      await Promise.all(
        Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? store : beside).putUser({ ...hanako, user: `u${at}` })),
      );
      expect((await store.listPeople(hanako.number)).filter(({ role }) => role === "owner")).toHaveLength(1);
      await beside[Symbol.asyncDispose]();
    });

    it("rewrites credentials of one kind, and of no other", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.addCredential({ ...passkey, kind: "totp", id: "hanako", facts: { secret: "plain" } });
      await store.addCredential(passkey);
      const sealed = ({ facts }: { facts: object }) => ("secret" in facts ? { sealed: "x" } : undefined);
      expect(await store.rewriteCredentials("totp", sealed)).toBe(1);
      expect(await store.rewriteCredentials("totp", sealed)).toBe(0);
      expect((await store.findCredential(hanako.number, "totp", "hanako"))?.facts).toEqual({ sealed: "x" });
      expect(await store.findCredential(hanako.number, "passkey", "p1")).toEqual(passkey);
    });

    it("counts what it holds", async () => {
      const { store } = await open();
      await store.putUser(hanako);
      await store.putUser({ ...hanako, user: "taro" });
      await store.addSession(session);
      expect(await store.countStored(999)).toEqual({ homes: 1, users: 2, sessions: 1 });
      expect((await store.countStored(1_000)).sessions).toBe(0);
    });

    it("is copied whole into another, and out of a damaged copy nothing is taken", async () => {
      const [{ store }, { store: other }] = [await open(), await open()];
      await fillStore(store);
      await other.putUser({ ...hanako, user: "nobody-else" });
      const rows: StoredRow[] = [];
      for await (const row of store.dump()) rows.push(parseStoredRow(JSON.stringify(row)));
      expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(storeTables));
      async function* damaged() {
        yield* rows;
        yield { table: "users", row: { number: "090-1", nonsense: 1 } };
      }
      await expect(other.load(damaged())).rejects.toBeDefined();
      expect((await other.listUsers()).map(({ user }) => user)).toEqual(["nobody-else"]);
      async function* whole() {
        yield* rows;
      }
      expect(await other.load(whole())).toBe(rows.length);
      const again: StoredRow[] = [];
      for await (const row of other.dump()) again.push(row);
      const sorted = (all: readonly StoredRow[]) =>
        all.map((row) => JSON.stringify([row.table, Object.entries(row.row).sort()])).sort();
      expect(sorted(again)).toEqual(sorted(rows));
      // The chain goes on where it ended.
      await other.appendAudit({ at: 9, event: "restored", number: null, user: null, source: null, facts: {} });
      const { anchor, entries } = await other.readAuditChain();
      expect([entries.length, brokenAt(anchor, entries)]).toEqual([2, undefined]);
    });
  });
}
