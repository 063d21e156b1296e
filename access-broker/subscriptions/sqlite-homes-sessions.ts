/** The part of the SQLite store that holds who looks at the page of their homes. */

import type { StatementSync } from "node:sqlite";
import type { HomesSession, HomesSessionStore } from "./homes-session-store.ts";
import { count, type Row, text } from "./sqlite-rows.ts";

export const homesSessionTable = `
  CREATE TABLE homes_sessions (
    id TEXT PRIMARY KEY, passkey TEXT NOT NULL, key_digest TEXT NOT NULL, begun_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, source TEXT NOT NULL, agent TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX homes_sessions_of_passkey ON homes_sessions (passkey);`;

export const homesSessionOf = (row: Row): HomesSession => ({
  id: text(row, "id"),
  passkey: text(row, "passkey"),
  keyDigest: text(row, "key_digest"),
  begunAt: count(row, "begun_at"),
  seenAt: count(row, "seen_at"),
  expiresAt: count(row, "expires_at"),
  source: text(row, "source"),
  agent: text(row, "agent"),
});

export function homesSessionStatements(sql: (text: string) => StatementSync): HomesSessionStore {
  return {
    async addHomesSession({ id, passkey, keyDigest, begunAt, seenAt, expiresAt, source, agent }) {
      sql(
        `INSERT INTO homes_sessions (id, passkey, key_digest, begun_at, seen_at, expires_at, source, agent)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(id, passkey, keyDigest, begunAt, seenAt, expiresAt, source, agent);
    },
    async findHomesSession(id) {
      const row = sql("SELECT * FROM homes_sessions WHERE id = ?").get(id);
      return row && homesSessionOf(row);
    },
    async listHomesSessions(passkey) {
      return sql("SELECT * FROM homes_sessions WHERE passkey = ? ORDER BY seen_at DESC, id")
        .all(passkey)
        .map(homesSessionOf);
    },
    async touchHomesSession(id, seenAt) {
      sql("UPDATE homes_sessions SET seen_at = ? WHERE id = ?").run(seenAt, id);
    },
    async removeHomesSession(id) {
      sql("DELETE FROM homes_sessions WHERE id = ?").run(id);
    },
  };
}
