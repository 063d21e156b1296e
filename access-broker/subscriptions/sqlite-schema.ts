/** The tables of the SQLite store. A later version adds a step to the list and never changes one. */

import { auditTables } from "./sqlite-audit.ts";
import { descriptorTables } from "./sqlite-descriptors.ts";
import { homesSessionTable } from "./sqlite-homes-sessions.ts";
import { peopleTables } from "./sqlite-people.ts";
import { proxyPolicyTable } from "./sqlite-proxy.ts";

/** `PRAGMA user_version` counts how many of these have been made. */
export const migrations: readonly string[] = [
  `CREATE TABLE users (
     number TEXT NOT NULL, user TEXT NOT NULL, password_hash TEXT NOT NULL, state TEXT NOT NULL,
     PRIMARY KEY (number, user)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE sessions (
     id TEXT PRIMARY KEY, number TEXT NOT NULL, user TEXT NOT NULL,
     seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
     FOREIGN KEY (number, user) REFERENCES users ON DELETE CASCADE
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX sessions_of_user ON sessions (number, user);
   CREATE TABLE cards (
     token_hash TEXT PRIMARY KEY, number TEXT NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE certificates (
     serial TEXT PRIMARY KEY, number TEXT NOT NULL, expires_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX certificates_of_number ON certificates (number);
   CREATE TABLE audit (
     id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, event TEXT NOT NULL,
     number TEXT, user TEXT, source TEXT, facts TEXT NOT NULL
   ) STRICT;`,
  descriptorTables,
  `CREATE TABLE requirements (number TEXT PRIMARY KEY, requirement TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE secrets (name TEXT PRIMARY KEY, secret TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE credentials (
     number TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, user TEXT NOT NULL, facts TEXT NOT NULL,
     counter INTEGER NOT NULL, added_at INTEGER NOT NULL, used_at INTEGER,
     PRIMARY KEY (number, kind, id),
     FOREIGN KEY (number, user) REFERENCES users ON DELETE CASCADE
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX credentials_of_user ON credentials (number, user);
   CREATE INDEX credentials_of_id ON credentials (kind, id);
   ALTER TABLE sessions ADD COLUMN begun_at INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE sessions ADD COLUMN methods TEXT NOT NULL DEFAULT 'password';
   ALTER TABLE sessions ADD COLUMN source TEXT NOT NULL DEFAULT '';
   ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';`,
  "CREATE TABLE proxy_homes (number TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;",
  `${peopleTables}${auditTables}`,
  proxyPolicyTable,
  homesSessionTable,
];
