/** The store in one SQLite file (node:sqlite): write-ahead log, every commit synced to the disk, several processes at once. */

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { providerDesk } from "../../gateway-core/contract/access-number.ts";
import { auditStatements } from "./sqlite-audit.ts";
import { copyStatements } from "./sqlite-copy.ts";
import { openCredentialTables } from "./sqlite-credentials.ts";
import { descriptorStatements } from "./sqlite-descriptors.ts";
import { homesSessionStatements } from "./sqlite-homes-sessions.ts";
import { peopleStatements, standingColumns, standingOf } from "./sqlite-people.ts";
import { openProxyTable } from "./sqlite-proxy.ts";
import { cardOf, certificateOf, count, orNull, sessionOf, stateOf, storedOf, text, userOf } from "./sqlite-rows.ts";
import { migrations } from "./sqlite-schema.ts";
import type { GatewayCertificate, Store } from "./store.ts";
import { certificateMs, mostAuditEntries, wantedMs } from "./store-bounds.ts";

/** How long a writer waits for another process's transaction. */
const busyMs = 5_000;

/** Opens the store, making it when it is not there. `auditBound`: how many audit entries are kept. */
export function openSqliteStore(path: string, auditBound: number = mostAuditEntries): Store {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(path, { timeout: busyMs, enableForeignKeyConstraints: true });
  // What is deleted or replaced is overwritten: a secret that was sealed later is nowhere in the file.
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;");
  migrate(db);

  const prepared = new Map<string, StatementSync>();
  const sql = (statement: string): StatementSync => {
    const known = prepared.get(statement) ?? db.prepare(statement);
    prepared.set(statement, known);
    return known;
  };
  const transaction = <T>(work: () => T): T => inTransaction(db, work);
  const audit = auditStatements(sql, transaction, auditBound);

  const addCertificate = ({ serial, number, expiresAt }: GatewayCertificate): void => {
    sql("INSERT INTO certificates (serial, number, expires_at) VALUES (?, ?, ?)").run(serial, number, expiresAt);
  };

  return {
    ...descriptorStatements(sql, transaction),
    ...peopleStatements(sql, transaction),
    ...copyStatements(sql, transaction),
    ...audit.table,
    ...openProxyTable(sql),
    ...homesSessionStatements(sql),
    async putUser({ number, user, passwordHash, state }) {
      transaction(() => {
        sql("DELETE FROM sessions WHERE number = ? AND user = ?").run(number, user);
        sql(
          `INSERT INTO users (number, user, password_hash, state, role)
           VALUES (?1, ?2, ?3, ?4, iif(EXISTS (SELECT 1 FROM users WHERE number = ?1), 'guest', 'owner'))
           ON CONFLICT DO UPDATE SET password_hash = excluded.password_hash, state = excluded.state`,
        ).run(number, user, passwordHash, state);
      });
    },
    async findUser(number, user) {
      const row = sql("SELECT * FROM users WHERE number = ? AND user = ?").get(number, user);
      return row && userOf(row);
    },
    async listUsers() {
      return sql("SELECT * FROM users ORDER BY number, user").all().map(userOf);
    },
    async spendOneTimePassword(number, user) {
      const spent = sql(
        "UPDATE users SET state = 'one-time-used' WHERE number = ? AND user = ? AND state = 'one-time'",
      ).run(number, user);
      return spent.changes === 1;
    },

    async addSession({ id, number, user, begunAt, seenAt, expiresAt, methods, source, agent }) {
      sql(
        `INSERT INTO sessions (id, number, user, begun_at, seen_at, expires_at, methods, source, agent)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(...[id, number, user, begunAt, seenAt, expiresAt, methods, source, agent]);
    },
    async findSession(id) {
      const row = sql(
        `SELECT sessions.*, state, requirement, ${standingColumns},
           EXISTS (SELECT 1 FROM credentials AS c
             WHERE c.number = sessions.number AND c.user = sessions.user AND kind = 'totp') AS has_totp
         FROM sessions JOIN users USING (number, user) LEFT JOIN requirements USING (number)
           LEFT JOIN homes USING (number) WHERE sessions.id = ?`,
      ).get(id);
      if (row === undefined) return undefined;
      const [state, requirement] = [stateOf(row), orNull(row, "requirement", text)];
      return { ...sessionOf(row), state, requirement, hasTotp: count(row, "has_totp") === 1, ...standingOf(row) };
    },
    async listSessions(number, user) {
      const rows = sql("SELECT * FROM sessions WHERE number = ? AND user = ? ORDER BY seen_at DESC").all(number, user);
      return rows.map(sessionOf);
    },
    async touchSession(id, seenAt) {
      sql("UPDATE sessions SET seen_at = ? WHERE id = ?").run(seenAt, id);
    },
    async removeSession(id) {
      sql("DELETE FROM sessions WHERE id = ?").run(id);
    },

    ...openCredentialTables(sql, transaction),

    async addCard({ tokenHash, number, expiresAt, usedAt }) {
      sql("INSERT INTO cards (token_hash, number, expires_at, used_at) VALUES (?, ?, ?, ?)").run(
        ...[tokenHash, number, expiresAt, usedAt],
      );
    },
    async findCard(tokenHash) {
      const row = sql("SELECT * FROM cards WHERE token_hash = ?").get(tokenHash);
      return row && cardOf(row);
    },
    async redeemCard(tokenHash, usedAt, certificate) {
      return transaction(() => {
        const used = sql("UPDATE cards SET used_at = ? WHERE token_hash = ? AND used_at IS NULL").run(
          ...[usedAt, tokenHash],
        );
        if (used.changes !== 1) return false;
        sql("DELETE FROM certificates WHERE number = ?").run(certificate.number);
        addCertificate(certificate);
        return true;
      });
    },
    async addCertificate(certificate) {
      addCertificate(certificate);
    },
    async findCertificate(serial) {
      const row = sql("SELECT * FROM certificates WHERE serial = ?").get(serial);
      return row && certificateOf(row);
    },
    async findCertificates(serials) {
      const all = sql("SELECT * FROM certificates WHERE serial IN (SELECT value FROM json_each(?))");
      return all.all(JSON.stringify(serials)).map(certificateOf);
    },
    async removeCertificates(number) {
      return Number(sql("DELETE FROM certificates WHERE number = ?").run(number).changes);
    },

    async countStored(now) {
      const row = sql(
        `SELECT (SELECT count(DISTINCT number) FROM users WHERE number <> '${providerDesk}') AS homes, (SELECT count(*) FROM users) AS users,
           (SELECT count(*) FROM sessions WHERE expires_at > ?) AS sessions`,
      ).get(now);
      return storedOf(row ?? {});
    },

    async prune(now) {
      transaction(() => {
        for (const table of ["sessions", "homes_sessions"]) sql(`DELETE FROM ${table} WHERE expires_at <= ?`).run(now);
        sql("DELETE FROM cards WHERE expires_at <= ? AND used_at IS NULL").run(now);
        sql("DELETE FROM certificates WHERE expires_at <= ?").run(now - certificateMs);
        sql("DELETE FROM invitations WHERE expires_at <= ?").run(now);
        sql("DELETE FROM wanted WHERE asked_at <= ?").run(now - wantedMs);
      });
    },

    async [Symbol.asyncDispose]() {
      audit.flush();
      db.close();
    },
  };
}

function migrate(db: DatabaseSync): void {
  inTransaction(db, () => {
    const made = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
    for (const step of migrations.slice(made)) db.exec(step);
    if (made < migrations.length) db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** IMMEDIATE: the lock is waited for at the beginning, where the busy timeout serves. */
function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (thrown) {
    db.exec("ROLLBACK");
    throw thrown;
  }
}
