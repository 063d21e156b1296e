import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openSqliteStore } from "../../../access-broker/subscriptions/sqlite-store.ts";
import { storeLaw } from "../../laws/store.law.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

storeLaw(async () => {
  const path = join(folder, `${files++}`, "store.sqlite");
  return { store: openSqliteStore(path), reopen: async () => openSqliteStore(path) };
});

it("Another process writes while the broker has the file open", async () => {
  const path = join(folder, "two.sqlite");
  const [broker, commandLine] = [openSqliteStore(path), openSqliteStore(path)];
  await commandLine.putUser({ number: "090-1", user: "u", passwordHash: "h", state: "password" });
  expect(await broker.listUsers()).toHaveLength(1);
});

it("The audit holds only its newest entries", async () => {
  const store = openSqliteStore(join(folder, "bounded.sqlite"), 3);
  for (let at = 1; at <= 5; at++) {
    await store.appendAudit({ at, event: "x", number: null, user: null, source: null, facts: {} });
  }
  expect((await store.readAudit(10)).map(({ at }) => at)).toEqual([5, 4, 3]);
});
