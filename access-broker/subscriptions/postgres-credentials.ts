/** The part of the PostgreSQL store that holds requirements, credentials and the broker's own secrets. */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Postgres } from "./postgres-connection.ts";
import type { CredentialTables } from "./sqlite-credentials.ts";
import { credentialOf } from "./sqlite-rows.ts";

export function credentialQueries({ all, one, run, transaction }: Postgres): CredentialTables {
  return {
    async setRequirement(number, requirement) {
      if (requirement === null) await run("DELETE FROM requirements WHERE number = $1", number);
      else {
        await run(
          `INSERT INTO requirements (number, requirement) VALUES ($1, $2)
           ON CONFLICT (number) DO UPDATE SET requirement = excluded.requirement`,
          ...[number, requirement],
        );
      }
    },
    async findRequirement(number) {
      const row = await one("SELECT requirement FROM requirements WHERE number = $1", number);
      const requirement = row?.["requirement"];
      return typeof requirement === "string" ? requirement : null;
    },

    async addCredential({ number, user, kind, id, facts, counter, addedAt, usedAt }) {
      const added = await run(
        `INSERT INTO credentials (number, kind, id, "user", facts, counter, added_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (number, kind, id) DO NOTHING`,
        ...[number, kind, id, user, JSON.stringify(facts), counter, addedAt, usedAt],
      );
      return added === 1;
    },
    async findCredential(number, kind, id) {
      const row = await one(
        "SELECT * FROM credentials WHERE number = $1 AND kind = $2 AND id = $3",
        ...[number, kind, id],
      );
      return row && credentialOf(row);
    },
    async findCredentialAnywhere(kind, id) {
      const row = await one("SELECT * FROM credentials WHERE kind = $1 AND id = $2 LIMIT 1", kind, id);
      return row && credentialOf(row);
    },
    async listCredentialsAnywhere(kind, id) {
      const rows = await all("SELECT * FROM credentials WHERE kind = $1 AND id = $2 ORDER BY number", kind, id);
      return rows.map(credentialOf);
    },
    async listCredentials(number, user) {
      const rows = await all(
        'SELECT * FROM credentials WHERE number = $1 AND "user" = $2 ORDER BY added_at, id',
        ...[number, user],
      );
      return rows.map(credentialOf);
    },
    async advanceCredential({ number, kind, id }, counter, usedAt) {
      const advanced = await run(
        `UPDATE credentials SET counter = $4, used_at = $5
         WHERE number = $1 AND kind = $2 AND id = $3 AND (counter < $4 OR (counter = 0 AND $4 = 0))`,
        ...[number, kind, id, counter, usedAt],
      );
      return advanced === 1;
    },
    async removeCredential(number, user, kind, id) {
      const removed = await run(
        'DELETE FROM credentials WHERE number = $1 AND "user" = $2 AND kind = $3 AND id = $4',
        ...[number, user, kind, id],
      );
      return removed === 1;
    },
    async rewriteCredentials(kind, rewrite) {
      return transaction(async (queries) => {
        const rows = await queries.all("SELECT * FROM credentials WHERE kind = $1 FOR UPDATE", kind);
        let changed = 0;
        for (const credential of rows.map(credentialOf)) {
          const facts = rewrite(credential);
          if (facts === undefined) continue;
          const { number, id } = credential;
          changed += await queries.run(
            "UPDATE credentials SET facts = $4 WHERE number = $1 AND kind = $2 AND id = $3",
            ...[number, kind, id, JSON.stringify(facts)],
          );
        }
        return changed;
      });
    },

    async secret(name, fresh) {
      await run("INSERT INTO secrets (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, fresh);
      const secret = (await one("SELECT secret FROM secrets WHERE name = $1", name))?.["secret"];
      if (typeof secret === "string") return secret;
      throw new HomeError("internal", `the store holds no secret "${name}"`);
    },
  };
}
