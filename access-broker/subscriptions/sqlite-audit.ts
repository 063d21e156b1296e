/** The audit in the SQLite store: appended in groups, each group one transaction, chained by hashes, cut off at the old end only. */

import type { StatementSync } from "node:sqlite";
import { auditHash } from "./audit-chain.ts";
import type { AuditAnchor, AuditEntry, AuditStore, ChainedEntry } from "./audit-store.ts";
import { auditOf, count, type Row, text } from "./sqlite-rows.ts";

/** What stood there before the chain is not in it: it begins after the last entry of that time. */
export const auditTables = `
  ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
  CREATE TABLE audit_anchor (
    one INTEGER PRIMARY KEY CHECK (one = 1), id INTEGER NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  INSERT INTO audit_anchor SELECT 1, coalesce(max(id), 0), '' FROM audit;`;

interface Waiting {
  readonly entry: AuditEntry;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/** `bound`: how many entries are kept. `flush` writes at once what waits. */
export function auditStatements(
  sql: (text: string) => StatementSync,
  transaction: <T>(work: () => T) => T,
  bound: number,
): { readonly table: AuditStore; flush(): void } {
  let waiting: Waiting[] = [];

  const anchor = (): AuditAnchor => {
    const row = sql("SELECT id, hash FROM audit_anchor").get() ?? {};
    return { id: count(row, "id"), hash: text(row, "hash") };
  };
  /** The end of the chain: what comes next is chained to it, whichever process wrote it. */
  const last = (): AuditAnchor => {
    const row = sql("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").get();
    const begin = anchor();
    return row === undefined || count(row, "id") <= begin.id
      ? begin
      : { id: count(row, "id"), hash: text(row, "hash") };
  };

  function write(entries: readonly AuditEntry[]): void {
    transaction(() => {
      let { id, hash } = last();
      for (const entry of entries) {
        id += 1;
        hash = auditHash(hash, { ...entry, id });
        const { at, event, number, user, source, facts } = entry;
        sql("INSERT INTO audit (id, at, event, number, user, source, facts, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)").run(
          ...[id, at, event, number, user, source, JSON.stringify(facts), hash],
        );
      }
      const cut = id - bound;
      const dropped = sql("SELECT id, hash FROM audit WHERE id <= ? ORDER BY id DESC LIMIT 1").get(cut);
      if (dropped === undefined) return;
      sql("DELETE FROM audit WHERE id <= ?").run(cut);
      if (cut <= anchor().id) return;
      sql("UPDATE audit_anchor SET id = ?, hash = ?").run(count(dropped, "id"), text(dropped, "hash"));
    });
  }

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    try {
      write(group.map(({ entry }) => entry));
      for (const { resolve } of group) resolve();
    } catch (thrown) {
      for (const { reject } of group) reject(thrown);
    }
  }

  const table: AuditStore = {
    appendAudit: (entry) =>
      new Promise((resolve, reject) => {
        // Whatever comes within one turn of the event loop is synced to the disk together.
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ entry, resolve, reject });
      }),
    async readAudit(limit) {
      flush();
      return sql("SELECT * FROM audit ORDER BY id DESC LIMIT ?").all(limit).map(auditOf);
    },
    async readAuditChain() {
      flush();
      return transaction(() => {
        const begin = anchor();
        const rows = sql("SELECT * FROM audit WHERE id > ? ORDER BY id").all(begin.id);
        return { anchor: begin, entries: rows.map(chainedOf) };
      });
    },
  };
  return { table, flush };
}

export const chainedOf = (row: Row): ChainedEntry => ({
  id: count(row, "id"),
  ...auditOf(row),
  hash: text(row, "hash"),
});
