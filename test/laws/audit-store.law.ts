/** What every store holds to about the audit. */

import { describe, expect, it } from "vitest";
import { brokenAt } from "../../access-broker/subscriptions/audit-chain.ts";
import type { Store } from "../../access-broker/subscriptions/store.ts";

const entryAt = (at: number) => ({
  ...{
    at,
    event: "login",
    number: "090-1",
    user: "花子",
    source: "::1",
    facts: { b: [1, null], a: { d: "é", c: true } },
  },
});

/** `open` gives an empty store that keeps so many entries, and `beside` opens it as another process does. */
export function auditStoreLaw(open: (bound?: number) => Promise<{ store: Store; beside: () => Promise<Store> }>): void {
  const chainOf = async (store: Store) => {
    const { anchor, entries } = await store.readAuditChain();
    return { anchor, entries, broken: brokenAt(anchor, entries), times: entries.map(({ at }) => at) };
  };

  describe("The audit", () => {
    it("is a chain from its first entry on", async () => {
      const { store } = await open();
      expect(await chainOf(store)).toMatchObject({ anchor: { id: 0, hash: "" }, entries: [], broken: undefined });
      await Promise.all([1, 2, 3].map((at) => store.appendAudit(entryAt(at))));
      await store.appendAudit({ ...entryAt(4), number: null, user: null, source: null, facts: {} });
      const { entries, broken } = await chainOf(store);
      expect([entries.map(({ id, at }) => [id, at]), broken]).toEqual([[1, 2, 3, 4].map((at) => [at, at]), undefined]);
      expect(entries[0]).toMatchObject(entryAt(1));
      expect(entries[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    });

    it("is one chain, whichever of several processes writes", async () => {
      const { store, beside } = await open();
      const other = await beside();
      for (let at = 0; at < 20; at++) await (at % 3 === 0 ? other : store).appendAudit(entryAt(at));
      await Promise.all(Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? other : store).appendAudit(entryAt(at))));
      const { entries, broken } = await chainOf(other);
      expect([entries.length, broken]).toEqual([60, undefined]);
      await other[Symbol.asyncDispose]();
    });

    it("holds only its newest entries, and what is kept still is a chain", async () => {
      const { store } = await open(3);
      for (let at = 1; at <= 5; at++) await store.appendAudit(entryAt(at));
      const first = await chainOf(store);
      expect([first.times, first.anchor.id, first.broken]).toEqual([[3, 4, 5], 2, undefined]);
      await Promise.all(Array.from({ length: 10 }, (_, at) => store.appendAudit(entryAt(10 + at))));
      const then = await chainOf(store);
      expect([then.times, then.anchor.id, then.broken]).toEqual([[17, 18, 19], 12, undefined]);
      expect((await store.readAudit(10)).map(({ at }) => at)).toEqual([19, 18, 17]);
    });

    it("goes on where it was after a restart, and loses nothing that was promised", async () => {
      const { store, beside } = await open();
      const promised = Promise.all([1, 2].map((at) => store.appendAudit(entryAt(at))));
      await store[Symbol.asyncDispose]();
      await promised;
      const again = await beside();
      await again.appendAudit(entryAt(3));
      const { times, broken } = await chainOf(again);
      expect([times, broken]).toEqual([[1, 2, 3], undefined]);
      await again[Symbol.asyncDispose]();
    });
  });
}
