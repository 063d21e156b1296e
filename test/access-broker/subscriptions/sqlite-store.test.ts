import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, it } from "vitest";
import { brokenAt } from "../../../access-broker/subscriptions/audit-chain.ts";
import { postgresMigrations } from "../../../access-broker/subscriptions/postgres-schema.ts";
import { migrations } from "../../../access-broker/subscriptions/sqlite-schema.ts";
import { openSqliteStore } from "../../../access-broker/subscriptions/sqlite-store.ts";
import { storeTables } from "../../../access-broker/subscriptions/store-copy.ts";
import { auditStoreLaw } from "../../laws/audit-store.law.ts";
import { descriptorStoreLaw } from "../../laws/descriptor-store.law.ts";
import { peopleStoreLaw } from "../../laws/people-store.law.ts";
import { storeLaw } from "../../laws/store.law.ts";
import { storeCopyLaw } from "../../laws/store-copy.law.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const open = async () => {
  const path = join(folder, `${files++}`, "store.sqlite");
  return { store: openSqliteStore(path), reopen: async () => openSqliteStore(path) };
};

storeLaw(open);
storeCopyLaw(open);
descriptorStoreLaw(open);
peopleStoreLaw(open);
auditStoreLaw(async (bound) => {
  const path = join(folder, `${files++}`, "store.sqlite");
  return { store: openSqliteStore(path, bound), beside: async () => openSqliteStore(path, bound) };
});

it("A file of the first version is carried over: its sessions last, of a password", async () => {
  const path = join(folder, "first.sqlite");
  const first = new DatabaseSync(path);
  first.exec(migrations[0] ?? "");
  first.exec("PRAGMA user_version = 1");
  first.exec("INSERT INTO users VALUES ('090-1', 'u', 'h', 'password')");
  first.exec("INSERT INTO sessions VALUES ('s1', '090-1', 'u', 10, 20)");
  first.exec("INSERT INTO audit (at, event, facts) VALUES (1, 'login', '{}')");
  first.close();
  const store = openSqliteStore(path);
  expect(await store.findSession("s1")).toMatchObject({
    user: "u",
    methods: "password",
    begunAt: 0,
    requirement: null,
  });
  expect(await store.findRequirement("090-1")).toBeNull();
  expect(await store.findStanding("090-1", "u")).toMatchObject({ role: "owner", isSuspended: false });
  await store.appendAudit({ at: 2, event: "x", number: null, user: null, source: null, facts: {} });
  expect(await store.readAudit(10)).toHaveLength(2);
  const { anchor, entries } = await store.readAuditChain();
  expect([anchor, entries.map(({ at }) => at), brokenAt(anchor, entries)]).toEqual([
    { id: 1, hash: "" },
    [2],
    undefined,
  ]);
});

it("Every table and column of it stands in PostgreSQL's schema too", () => {
  const path = join(folder, "columns.sqlite");
  openSqliteStore(path);
  const db = new DatabaseSync(path);
  const schema = postgresMigrations.join("\n");
  for (const table of storeTables) {
    const [made = ""] = new RegExp(`CREATE TABLE ${table} \\([^;]*`).exec(schema) ?? [];
    const altered = schema.match(new RegExp(`ALTER TABLE ${table} [^;]*`, "g")) ?? [];
    const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
    expect(columns.length).toBeGreaterThan(0);
    for (const { name } of columns) expect([made, ...altered].join("\n")).toMatch(new RegExp(`\\b${name}\\b`));
  }
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  expect(tables.map(({ name }) => name).sort()).toEqual([...storeTables].sort());
  db.close();
});

it("Another process writes while the broker has the file open", async () => {
  const path = join(folder, "two.sqlite");
  const [broker, commandLine] = [openSqliteStore(path), openSqliteStore(path)];
  await commandLine.putUser({ number: "090-1", user: "u", passwordHash: "h", state: "password" });
  expect(await broker.listUsers()).toHaveLength(1);
});

it("What stands in the file of an audit is not changed behind its back", async () => {
  const path = join(folder, "changed.sqlite");
  const store = openSqliteStore(path);
  for (let at = 1; at <= 5; at++) {
    await store.appendAudit({ at, event: "x", number: null, user: null, source: null, facts: {} });
  }
  const other = new DatabaseSync(path);
  other.exec("UPDATE audit SET event = 'y' WHERE id = 3");
  other.close();
  const { anchor, entries } = await store.readAuditChain();
  expect(brokenAt(anchor, entries)).toBe(3);
});

it("Audit entries that come together are synced to the disk together", async () => {
  const path = join(folder, "grouped.sqlite");
  const store = openSqliteStore(path);
  const frames = () => statSync(`${path}-wal`).size;
  const append = (at: number) =>
    store.appendAudit({ at, event: "x", number: null, user: null, source: null, facts: {} });
  await append(0);
  const before = frames();
  await append(1);
  const alone = frames() - before;
  await Promise.all(Array.from({ length: 20 }, (_, at) => append(at)));
  expect(frames() - before - alone).toBeLessThan(10 * alone);
});
