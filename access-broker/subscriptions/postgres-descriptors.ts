/** The descriptor database's tables in the PostgreSQL store. */

import type { DescriptorStore } from "./descriptor-store.ts";
import type { Postgres, Queries } from "./postgres-connection.ts";
import { entryOf } from "./sqlite-descriptors.ts";
import { count, text } from "./sqlite-rows.ts";
import { mostWantedOfHome, wantedAnewMs } from "./store-bounds.ts";

export function descriptorQueries(postgres: Postgres): DescriptorStore {
  const { all, one, run, transaction } = postgres;
  const sequenceIn = async (queries: Queries): Promise<number> =>
    count((await queries.one("SELECT coalesce(max(sequence), 0) AS last FROM descriptors")) ?? {}, "last");
  return {
    async addDescriptors(entries) {
      return transaction(async (queries) => {
        // Of two who publish at once one is the first; who only reads waits for neither.
        await queries.run("LOCK TABLE descriptors IN EXCLUSIVE MODE");
        if ((entries[0]?.sequence ?? 0) <= (await sequenceIn(queries))) return false;
        for (const { sequence, type, version, gateways, matches, statement, signature } of entries) {
          const [range, keys] = [gateways, matches].map((value) => (value === null ? null : JSON.stringify(value)));
          await queries.run(
            `INSERT INTO descriptors (sequence, type, version, gateways, matches, statement, signature)
             VALUES ($1, $2, $3, $4, $5, $6, $7)`,
            ...[sequence, type, version, range ?? null, keys ?? null, statement, signature],
          );
        }
        return true;
      });
    },
    async listDescriptors(after) {
      const columns = "sequence, type, version, gateways, matches";
      const rows = await all(`SELECT ${columns} FROM descriptors WHERE sequence > $1 ORDER BY sequence`, after);
      return rows.map(entryOf);
    },
    async readDescriptor(sequence) {
      const row = await one("SELECT statement, signature FROM descriptors WHERE sequence = $1", sequence);
      return row && { statement: text(row, "statement"), signature: text(row, "signature") };
    },
    descriptorSequence: () => sequenceIn(postgres),

    async noteWanted(key, home, at) {
      await transaction(async (queries) => {
        const noted = await queries.run(
          `INSERT INTO wanted (key, home, asked_at) VALUES ($1, $2, $3)
           ON CONFLICT (key, home) DO UPDATE SET asked_at = excluded.asked_at
           WHERE wanted.asked_at <= excluded.asked_at - $4`,
          ...[key, home, at, wantedAnewMs],
        );
        if (noted === 0) return;
        await queries.run(
          `DELETE FROM wanted WHERE home = $1 AND key IN
           (SELECT key FROM wanted WHERE home = $1 ORDER BY asked_at DESC, key OFFSET ${mostWantedOfHome})`,
          home,
        );
      });
    },
    async forgetWanted(key, home) {
      await run("DELETE FROM wanted WHERE key = $1 AND home = $2", key, home);
    },
    async listWanted(limit) {
      const rows = await all(
        `SELECT key, count(*) AS homes, max(asked_at) AS asked_at FROM wanted
         GROUP BY key ORDER BY homes DESC, key LIMIT $1`,
        limit,
      );
      return rows.map((row) => ({
        key: text(row, "key"),
        homes: count(row, "homes"),
        askedAt: count(row, "asked_at"),
      }));
    },
  };
}
