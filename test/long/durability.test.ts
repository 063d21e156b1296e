/** What a store said was durable is there after the process that wrote it, or the database server, was killed. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { brokenAt } from "../../access-broker/subscriptions/audit-chain.ts";
import { openPostgresStore } from "../../access-broker/subscriptions/postgres-store.ts";
import { openSqliteStore } from "../../access-broker/subscriptions/sqlite-store.ts";
import type { Store } from "../../access-broker/subscriptions/store.ts";
import { openPostgresServer, postgresBinaries } from "./postgres-server.ts";

const rounds = 25;
/** Lines that a writer says before it is killed, another number each time. */
const linesBefore = (round: number): number => 50 + 37 * round;

/** What the writer was told was durable. It is killed in the middle of its work by `kill`. */
async function writeUntilKilled(where: string, round: number, kill: (pid: number) => Promise<void> | void) {
  const writer = spawn(process.execPath, [join(import.meta.dirname, "kill-writer.mjs"), where, String(round)], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const told: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    told.push(line);
    if (told.length === linesBefore(round)) await kill(writer.pid ?? 0);
  }
  return told;
}

async function lost(store: Store, told: readonly string[]): Promise<string[]> {
  const { anchor, entries } = await store.readAuditChain();
  expect(brokenAt(anchor, entries)).toBeUndefined();
  const audit = new Set(entries.map(({ at }) => `audit ${at}`));
  const held = await store.listCredentials("090-1234-5678", "u");
  const credentials = new Set(held.map(({ id }) => `credential ${id}`));
  return told.filter((line) => !audit.has(line) && !credentials.has(line));
}

describe("SQLite", () => {
  it(`loses nothing of what it acknowledged over ${rounds} × kill -9`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "genkan-kill-"));
    const path = join(folder, "store.sqlite");
    const told: string[] = [];
    for (let round = 0; round < rounds; round++) {
      told.push(...(await writeUntilKilled(path, round, (pid) => void process.kill(pid, "SIGKILL"))));
      await using store = openSqliteStore(path);
      expect(await lost(store, told)).toEqual([]);
    }
    expect(told.length).toBeGreaterThan(rounds * 50);
    const db = new DatabaseSync(path);
    expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    db.close();
    rmSync(folder, { recursive: true });
  });
});

const bin = postgresBinaries();

describe.skipIf(bin === undefined)("PostgreSQL", () => {
  it("loses nothing of what it acknowledged when the server crashes under the writer", async () => {
    await using server = await openPostgresServer(bin ?? "");
    const url = server.database();
    const told: string[] = [];
    for (let round = 0; round < 4; round++) {
      // The writer ends by itself: what it asked for last was not answered.
      told.push(...(await writeUntilKilled(url, round, () => server.crash())));
      await using store = openPostgresStore(url);
      expect(await lost(store, told)).toEqual([]);
    }
    expect(told.length).toBeGreaterThan(200);
  });
});
