/** The PostgreSQL store holds to the same laws as SQLite's, against a real server. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgresStore } from "../../access-broker/subscriptions/postgres-store.ts";
import { openSqliteStore } from "../../access-broker/subscriptions/sqlite-store.ts";
import type { Store } from "../../access-broker/subscriptions/store.ts";
import type { StoredRow } from "../../access-broker/subscriptions/store-copy.ts";
import { auditStoreLaw } from "../laws/audit-store.law.ts";
import { descriptorStoreLaw } from "../laws/descriptor-store.law.ts";
import { peopleStoreLaw } from "../laws/people-store.law.ts";
import { storeLaw } from "../laws/store.law.ts";
import { fillStore, storeCopyLaw } from "../laws/store-copy.law.ts";
import { openPostgresServer, type PostgresServer, postgresBinaries } from "./postgres-server.ts";

const bin = postgresBinaries();

describe.skipIf(bin === undefined)("PostgreSQL", () => {
  let server: PostgresServer;
  const opened: Store[] = [];
  const openAt = (url: string, bound?: number): Store => {
    const store = openPostgresStore(url, bound);
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    server = await openPostgresServer(bin ?? "");
  });
  afterAll(async () => {
    for (const store of opened) await store[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const open = async () => {
    const url = server.database();
    return { store: openAt(url), reopen: async () => openAt(url) };
  };
  storeLaw(open);
  storeCopyLaw(open);
  descriptorStoreLaw(open);
  peopleStoreLaw(open);
  auditStoreLaw(async (bound) => {
    const url = server.database();
    return { store: openAt(url, bound), beside: async () => openAt(url, bound) };
  });

  it("is made once by brokers that start at the same moment", async () => {
    const url = server.database();
    const stores = Array.from({ length: 8 }, () => openAt(url));
    await Promise.all(stores.map((store) => store.descriptorSequence()));
    expect(new Set(await Promise.all(stores.map((store, at) => store.secret("s", String(at))))).size).toBe(1);
  });

  it("takes over what stood in SQLite, and gives it back", async () => {
    const folder = mkdtempSync(join(tmpdir(), "genkan-move-"));
    const [before, after] = ["a", "b"].map((name) => openSqliteStore(join(folder, `${name}.sqlite`)));
    if (before === undefined || after === undefined) return expect.unreachable();
    await fillStore(before);
    await before.putUser({ number: "090-1234-5678", user: "花子", passwordHash: "h", state: "password" });
    for (let at = 0; at < 2_500; at++) await before.noteWanted(`key ${at}`, `home ${at % 40}`, at);
    await before.appendAudit({ at: 1, event: "x", number: null, user: null, source: null, facts: { a: "é" } });
    const { store } = await open();
    await store.load(before.dump());
    await after.load(store.dump());
    const all = async (of: Store): Promise<StoredRow[]> => {
      const rows: StoredRow[] = [];
      for await (const row of of.dump()) rows.push(row);
      return rows;
    };
    const sorted = (rows: readonly StoredRow[]) =>
      rows.map((row) => JSON.stringify([row.table, Object.entries(row.row).sort()])).sort();
    expect(sorted(await all(after))).toEqual(sorted(await all(before)));
    for (const one of [before, after]) await one[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it("that is away is said to be so, and is used again when it is back", async () => {
    const { store } = await open();
    await store.putUser({ number: "090-1234-5678", user: "u", passwordHash: "h", state: "password" });
    const asking = async (): Promise<string> =>
      store.listUsers().then(
        () => "answered",
        (thrown: { readonly code?: string }) => String(thrown.code),
      );
    const crashing = server.crash();
    const told = new Set<string>();
    let isBack = false;
    void crashing.then(() => {
      isBack = true;
    });
    while (!isBack) told.add(await asking());
    told.delete("answered");
    expect([...told].filter((code) => code !== "store-unavailable")).toEqual([]);
    await expect.poll(asking).toBe("answered");
    expect(await store.listUsers()).toHaveLength(1);
  });

  it("that lets nobody in, or is nowhere, is said to be so without its password", async () => {
    for (const url of ["postgres://u:very-secret@127.0.0.1:1/none", `${server.database()}_not`]) {
      const failure = await openAt(url)
        .listUsers()
        .catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ code: "store-unavailable" });
      expect(String(failure)).not.toContain("very-secret");
    }
  });
});
