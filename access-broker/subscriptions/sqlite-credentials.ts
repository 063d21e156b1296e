/** The part of the SQLite store that holds requirements, credentials and the broker's own secrets. */

import type { StatementSync } from "node:sqlite";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { credentialOf } from "./sqlite-rows.ts";
import type { Store } from "./store.ts";

/** What one file of a store answers for. */
export type CredentialTables = Pick<
  Store,
  | "setRequirement"
  | "findRequirement"
  | "addCredential"
  | "findCredential"
  | "findCredentialAnywhere"
  | "listCredentialsAnywhere"
  | "listCredentials"
  | "advanceCredential"
  | "removeCredential"
  | "rewriteCredentials"
  | "secret"
>;

export function openCredentialTables(
  sql: (text: string) => StatementSync,
  transaction: <T>(work: () => T) => T,
): CredentialTables {
  return {
    async setRequirement(number, requirement) {
      if (requirement === null) sql("DELETE FROM requirements WHERE number = ?").run(number);
      else {
        sql(
          `INSERT INTO requirements (number, requirement) VALUES (?, ?)
           ON CONFLICT DO UPDATE SET requirement = excluded.requirement`,
        ).run(number, requirement);
      }
    },
    async findRequirement(number) {
      const requirement = sql("SELECT requirement FROM requirements WHERE number = ?").get(number)?.["requirement"];
      return typeof requirement === "string" ? requirement : null;
    },

    async addCredential({ number, user, kind, id, facts, counter, addedAt, usedAt }) {
      const added = sql(
        `INSERT INTO credentials (number, kind, id, user, facts, counter, added_at, used_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      ).run(...[number, kind, id, user, JSON.stringify(facts), counter, addedAt, usedAt]);
      return added.changes === 1;
    },
    async findCredential(number, kind, id) {
      const row = sql("SELECT * FROM credentials WHERE number = ? AND kind = ? AND id = ?").get(number, kind, id);
      return row && credentialOf(row);
    },
    async findCredentialAnywhere(kind, id) {
      const row = sql("SELECT * FROM credentials WHERE kind = ? AND id = ? LIMIT 1").get(kind, id);
      return row && credentialOf(row);
    },
    async listCredentialsAnywhere(kind, id) {
      return sql("SELECT * FROM credentials WHERE kind = ? AND id = ? ORDER BY number").all(kind, id).map(credentialOf);
    },
    async listCredentials(number, user) {
      const rows = sql("SELECT * FROM credentials WHERE number = ? AND user = ? ORDER BY added_at, id").all(
        ...[number, user],
      );
      return rows.map(credentialOf);
    },
    async advanceCredential({ number, kind, id }, counter, usedAt) {
      const advanced = sql(
        `UPDATE credentials SET counter = :counter, used_at = :usedAt
         WHERE number = :number AND kind = :kind AND id = :id
           AND (counter < :counter OR (counter = 0 AND :counter = 0))`,
      ).run({ number, kind, id, counter, usedAt });
      return advanced.changes === 1;
    },
    async removeCredential(number, user, kind, id) {
      const removed = sql("DELETE FROM credentials WHERE number = ? AND user = ? AND kind = ? AND id = ?").run(
        ...[number, user, kind, id],
      );
      return removed.changes === 1;
    },

    async rewriteCredentials(kind, rewrite) {
      const changed = transaction(() => {
        let changed = 0;
        for (const credential of sql("SELECT * FROM credentials WHERE kind = ?").all(kind).map(credentialOf)) {
          const facts = rewrite(credential);
          if (facts === undefined) continue;
          const { number, id } = credential;
          sql("UPDATE credentials SET facts = ? WHERE number = ? AND kind = ? AND id = ?").run(
            ...[JSON.stringify(facts), number, kind, id],
          );
          changed++;
        }
        return changed;
      });
      // The log of writes still holds what was there before.
      if (changed > 0) sql("PRAGMA wal_checkpoint(TRUNCATE)").all();
      return changed;
    },

    async secret(name, fresh) {
      sql("INSERT INTO secrets (name, secret) VALUES (?, ?) ON CONFLICT DO NOTHING").run(name, fresh);
      const secret = sql("SELECT secret FROM secrets WHERE name = ?").get(name)?.["secret"];
      if (typeof secret === "string") return secret;
      throw new HomeError("internal", `the store holds no secret "${name}"`);
    },
  };
}
