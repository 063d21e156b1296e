/** The audit in the PostgreSQL store: what comes while one group is written is the next group, and the chain is one however many brokers write. */

import { auditHash } from "./audit-chain.ts";
import type { AuditAnchor, AuditEntry, AuditStore } from "./audit-store.ts";
import type { Postgres, Queries } from "./postgres-connection.ts";
import { chainedOf } from "./sqlite-audit.ts";
import { auditOf, count, type Row, text } from "./sqlite-rows.ts";

/** Entries of one transaction, so that others have their turn too. */
const mostTogether = 500;

interface Waiting {
  readonly entry: AuditEntry;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/** `bound`: how many entries are kept. `settled`: when all that was given is written. */
export function auditQueries(postgres: Postgres, bound: number): AuditStore & { settled(): Promise<void> } {
  const waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;

  async function write(entries: readonly AuditEntry[]): Promise<void> {
    await postgres.transaction(async (queries) => {
      // Held until the end: whoever appends next chains to what is written here.
      const begin = anchorOf(await queries.one("SELECT id, hash FROM audit_anchor FOR UPDATE"));
      const last = await queries.one("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1");
      let { id, hash } = last === undefined ? begin : anchorOf(last);
      for (const entry of entries) {
        id += 1;
        hash = auditHash(hash, { ...entry, id });
        const { at, event, number, user, source, facts } = entry;
        await queries.run(
          `INSERT INTO audit (id, at, event, number, "user", source, facts, hash)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
          ...[id, at, event, number, user, source, JSON.stringify(facts), hash],
        );
      }
      await cutOff(queries, id - bound, begin.id);
    });
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, mostTogether);
      await write(group.map(({ entry }) => entry)).then(
        () => {
          for (const { resolve } of group) resolve();
        },
        (thrown: unknown) => {
          for (const { reject } of group) reject(thrown);
        },
      );
    }
    writing = undefined;
  }

  return {
    appendAudit: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject });
        writing ??= Promise.resolve().then(writeAll);
      }),
    async readAudit(limit) {
      await writing;
      return (await postgres.all("SELECT * FROM audit ORDER BY id DESC LIMIT $1", limit)).map(auditOf);
    },
    async readAuditChain() {
      await writing;
      return postgres.transaction(async (queries) => {
        const anchor = anchorOf(await queries.one("SELECT id, hash FROM audit_anchor"));
        const rows = await queries.all("SELECT * FROM audit WHERE id > $1 ORDER BY id", anchor.id);
        return { anchor, entries: rows.map(chainedOf) };
      }, "ISOLATION LEVEL REPEATABLE READ READ ONLY");
    },
    async settled() {
      await writing;
    },
  };
}

async function cutOff(queries: Queries, cut: number, begin: number): Promise<void> {
  const dropped = await queries.one("SELECT id, hash FROM audit WHERE id <= $1 ORDER BY id DESC LIMIT 1", cut);
  if (dropped === undefined) return;
  await queries.run("DELETE FROM audit WHERE id <= $1", cut);
  if (cut > begin) await queries.run("UPDATE audit_anchor SET id = $1, hash = $2", ...lastOf(dropped));
}

const lastOf = (row: Row): readonly [number, string] => [count(row, "id"), text(row, "hash")];
const anchorOf = (row: Row = {}): AuditAnchor => ({ id: count(row, "id"), hash: text(row, "hash") });
