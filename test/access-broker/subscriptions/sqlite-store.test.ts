import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, it } from "vitest";
import { migrations } from "../../../access-broker/subscriptions/sqlite-schema.ts";
import { openSqliteStore } from "../../../access-broker/subscriptions/sqlite-store.ts";
import { descriptorStoreLaw } from "../../laws/descriptor-store.law.ts";
import { storeLaw } from "../../laws/store.law.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const open = async () => {
  const path = join(folder, `${files++}`, "store.sqlite");
  return { store: openSqliteStore(path), reopen: async () => openSqliteStore(path) };
};

storeLaw(open);
descriptorStoreLaw(open);

it("A file of the first version is carried over: its sessions last, of a password", async () => {
  const path = join(folder, "first.sqlite");
  const first = new DatabaseSync(path);
  first.exec(migrations[0] ?? "");
  first.exec("PRAGMA user_version = 1");
  first.exec("INSERT INTO users VALUES ('090-1', 'u', 'h', 'password')");
  first.exec("INSERT INTO sessions VALUES ('s1', '090-1', 'u', 10, 20)");
  first.close();
  const store = openSqliteStore(path);
  expect(await store.findSession("s1")).toMatchObject({
    user: "u",
    methods: "password",
    begunAt: 0,
    requirement: null,
  });
  expect(await store.findRequirement("090-1")).toBeNull();
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
