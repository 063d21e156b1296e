/** The part of the PostgreSQL store that holds who looks at the page of their homes. */

import type { HomesSessionStore } from "./homes-session-store.ts";
import type { Postgres } from "./postgres-connection.ts";
import { homesSessionOf } from "./sqlite-homes-sessions.ts";

export const postgresHomesSessionTable = `CREATE TABLE homes_sessions (
    id TEXT PRIMARY KEY, passkey TEXT COLLATE "C" NOT NULL, key_digest TEXT NOT NULL, begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, source TEXT NOT NULL, agent TEXT NOT NULL
  );
  CREATE INDEX homes_sessions_of_passkey ON homes_sessions (passkey);`;

export function homesSessionQueries({ all, one, run }: Postgres): HomesSessionStore {
  return {
    async addHomesSession({ id, passkey, keyDigest, begunAt, seenAt, expiresAt, source, agent }) {
      await run(
        `INSERT INTO homes_sessions (id, passkey, key_digest, begun_at, seen_at, expires_at, source, agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        ...[id, passkey, keyDigest, begunAt, seenAt, expiresAt, source, agent],
      );
    },
    async findHomesSession(id) {
      const row = await one("SELECT * FROM homes_sessions WHERE id = $1", id);
      return row && homesSessionOf(row);
    },
    async listHomesSessions(passkey) {
      const rows = await all("SELECT * FROM homes_sessions WHERE passkey = $1 ORDER BY seen_at DESC, id", passkey);
      return rows.map(homesSessionOf);
    },
    async touchHomesSession(id, seenAt) {
      await run("UPDATE homes_sessions SET seen_at = $1 WHERE id = $2", seenAt, id);
    },
    async removeHomesSession(id) {
      await run("DELETE FROM homes_sessions WHERE id = $1", id);
    },
  };
}
