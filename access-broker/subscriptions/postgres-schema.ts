/** The tables of the PostgreSQL store: the same as SQLite's, row by row. A later version adds a step to the list and never changes one. */

import type { Postgres } from "./postgres-connection.ts";
import { postgresHomesSessionTable } from "./postgres-homes-sessions.ts";

/** "Genkan" as a number: brokers that start at once make the tables once. */
const lockKey = 0x67656e6b;

/** Keys are sorted by their octets, as SQLite does it. */
const key = 'TEXT COLLATE "C" NOT NULL';

export const postgresMigrations: readonly string[] = [
  `CREATE TABLE users (
     number ${key}, "user" ${key}, password_hash TEXT NOT NULL, state TEXT NOT NULL,
     role TEXT NOT NULL DEFAULT 'owner', granted TEXT, is_suspended INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (number, "user")
   );
   CREATE TABLE sessions (
     id TEXT PRIMARY KEY, number ${key}, "user" ${key}, seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
     begun_at BIGINT NOT NULL DEFAULT 0, methods TEXT NOT NULL DEFAULT 'password',
     source TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT '',
     FOREIGN KEY (number, "user") REFERENCES users ON DELETE CASCADE
   );
   CREATE INDEX sessions_of_user ON sessions (number, "user");
   CREATE INDEX sessions_by_end ON sessions (expires_at);
   CREATE TABLE homes (number ${key} PRIMARY KEY, methods TEXT, is_suspended INTEGER NOT NULL DEFAULT 0);
   CREATE TABLE requirements (number ${key} PRIMARY KEY, requirement TEXT NOT NULL);
   CREATE TABLE proxy_homes (number ${key} PRIMARY KEY);
   CREATE TABLE secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL);
   CREATE TABLE credentials (
     number ${key}, kind TEXT NOT NULL, id ${key}, "user" ${key}, facts TEXT NOT NULL,
     counter BIGINT NOT NULL, added_at BIGINT NOT NULL, used_at BIGINT,
     PRIMARY KEY (number, kind, id),
     FOREIGN KEY (number, "user") REFERENCES users ON DELETE CASCADE
   );
   CREATE INDEX credentials_of_user ON credentials (number, "user");
   CREATE INDEX credentials_of_id ON credentials (kind, id);
   CREATE TABLE invitations (
     secret_hash TEXT PRIMARY KEY, number ${key}, "user" ${key}, expires_at BIGINT NOT NULL,
     UNIQUE (number, "user"), FOREIGN KEY (number, "user") REFERENCES users ON DELETE CASCADE
   );
   CREATE TABLE cards (token_hash TEXT PRIMARY KEY, number TEXT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT);
   CREATE TABLE certificates (serial TEXT PRIMARY KEY, number TEXT NOT NULL, expires_at BIGINT NOT NULL);
   CREATE INDEX certificates_of_number ON certificates (number);
   CREATE TABLE descriptors (
     sequence BIGINT PRIMARY KEY, type TEXT NOT NULL, version TEXT, gateways TEXT, matches TEXT,
     statement TEXT NOT NULL, signature TEXT NOT NULL
   );
   CREATE TABLE wanted (key ${key}, home TEXT NOT NULL, asked_at BIGINT NOT NULL, PRIMARY KEY (key, home));
   CREATE INDEX wanted_of_home ON wanted (home, asked_at);
   CREATE TABLE audit (
     id BIGINT PRIMARY KEY, at BIGINT NOT NULL, event TEXT NOT NULL, number TEXT, "user" TEXT, source TEXT,
     facts TEXT NOT NULL, hash TEXT NOT NULL DEFAULT ''
   );
   CREATE TABLE audit_anchor (one INTEGER PRIMARY KEY CHECK (one = 1), id BIGINT NOT NULL, hash TEXT NOT NULL);
   INSERT INTO audit_anchor VALUES (1, 0, '');`,
  "ALTER TABLE proxy_homes ADD COLUMN policy TEXT NOT NULL DEFAULT '{}'",
  postgresHomesSessionTable,
];

/** Makes what is missing, each step once, whoever else starts at the same moment. */
export async function migratePostgres(postgres: Postgres): Promise<void> {
  await postgres.transaction(async (queries) => {
    await queries.all("SELECT pg_advisory_xact_lock($1)", lockKey);
    await queries.run("CREATE TABLE IF NOT EXISTS genkan_schema (version BIGINT NOT NULL)");
    const row = await queries.one("SELECT version FROM genkan_schema");
    const made = Number(row?.["version"] ?? 0);
    for (const step of postgresMigrations.slice(made)) {
      for (const statement of step.split(";").filter((one) => one.trim() !== "")) await queries.run(statement);
    }
    if (row === undefined) await queries.run("INSERT INTO genkan_schema VALUES ($1)", postgresMigrations.length);
    else if (made < postgresMigrations.length)
      await queries.run("UPDATE genkan_schema SET version = $1", postgresMigrations.length);
  });
}
