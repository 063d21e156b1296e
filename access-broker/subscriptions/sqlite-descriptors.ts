/** The descriptor database's tables in the SQLite store. */

import type { StatementSync } from "node:sqlite";
import type { Match } from "../../gateway-core/contract/descriptor.ts";
import { isMatch, parseGatewayRange } from "../../gateway-core/contract/descriptor-offer.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { DescriptorEntry, DescriptorStore } from "./descriptor-store.ts";
import { count, orNull, type Row, text } from "./sqlite-rows.ts";

import { mostWantedOfHome, wantedAnewMs } from "./store-bounds.ts";

export const descriptorTables = `
  CREATE TABLE descriptors (
    sequence INTEGER PRIMARY KEY, type TEXT NOT NULL, version TEXT, gateways TEXT, matches TEXT,
    statement TEXT NOT NULL, signature TEXT NOT NULL
  ) STRICT;
  CREATE TABLE wanted (
    key TEXT NOT NULL, home TEXT NOT NULL, asked_at INTEGER NOT NULL, PRIMARY KEY (key, home)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX wanted_of_home ON wanted (home, asked_at);`;

export function descriptorStatements(
  sql: (text: string) => StatementSync,
  transaction: <T>(work: () => T) => T,
): DescriptorStore {
  const sequence = (): number =>
    count(sql("SELECT coalesce(max(sequence), 0) AS last FROM descriptors").get() ?? {}, "last");
  return {
    async addDescriptors(entries) {
      return transaction(() => {
        if ((entries[0]?.sequence ?? 0) <= sequence()) return false;
        for (const { sequence, type, version, gateways, matches, statement, signature } of entries) {
          const [range, keys] = [gateways, matches].map((value) => (value === null ? null : JSON.stringify(value)));
          sql("INSERT INTO descriptors VALUES (?, ?, ?, ?, ?, ?, ?)").run(
            ...[sequence, type, version, range ?? null, keys ?? null, statement, signature],
          );
        }
        return true;
      });
    },
    async listDescriptors(after) {
      const columns = "sequence, type, version, gateways, matches";
      return sql(`SELECT ${columns} FROM descriptors WHERE sequence > ? ORDER BY sequence`).all(after).map(entryOf);
    },
    async readDescriptor(sequence) {
      const row = sql("SELECT statement, signature FROM descriptors WHERE sequence = ?").get(sequence);
      return row && { statement: text(row, "statement"), signature: text(row, "signature") };
    },
    descriptorSequence: async () => sequence(),

    async noteWanted(key, home, at) {
      transaction(() => {
        const noted = sql(
          `INSERT INTO wanted (key, home, asked_at) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET asked_at = excluded.asked_at WHERE asked_at <= excluded.asked_at - ?`,
        ).run(key, home, at, wantedAnewMs);
        if (noted.changes === 0) return;
        sql(
          `DELETE FROM wanted WHERE home = ?1 AND key IN
           (SELECT key FROM wanted WHERE home = ?1 ORDER BY asked_at DESC, key LIMIT -1 OFFSET ${mostWantedOfHome})`,
        ).run(home);
      });
    },
    async forgetWanted(key, home) {
      sql("DELETE FROM wanted WHERE key = ? AND home = ?").run(key, home);
    },
    async listWanted(limit) {
      return sql(
        `SELECT key, count(*) AS homes, max(asked_at) AS asked_at FROM wanted
         GROUP BY key ORDER BY homes DESC, key LIMIT ?`,
      )
        .all(limit)
        .map((row) => ({ key: text(row, "key"), homes: count(row, "homes"), askedAt: count(row, "asked_at") }));
    },
  };
}

/** A row of the descriptors, without what was signed. */
export function entryOf(row: Row): DescriptorEntry {
  return {
    sequence: count(row, "sequence"),
    type: text(row, "type"),
    version: orNull(row, "version", text),
    gateways: orNull(row, "gateways", (row: Row, column) => parseGatewayRange(JSON.parse(text(row, column)))),
    matches: orNull(row, "matches", matchesOf),
  };
}

function matchesOf(row: Row, column: string): readonly Match[] {
  const matches: unknown = JSON.parse(text(row, column));
  if (Array.isArray(matches) && matches.every(isMatch)) return matches;
  throw new HomeError("internal", `the store holds no matches in ${column}`);
}
