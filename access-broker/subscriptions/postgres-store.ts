/** The store in PostgreSQL, for several access brokers at once: what stands in sqlite-store.ts for one file, in the other dialect. */

import { providerDesk } from "../../gateway-core/contract/access-number.ts";
import { auditQueries } from "./postgres-audit.ts";
import { openPostgres } from "./postgres-connection.ts";
import { copyQueries } from "./postgres-copy.ts";
import { credentialQueries } from "./postgres-credentials.ts";
import { descriptorQueries } from "./postgres-descriptors.ts";
import { homesSessionQueries } from "./postgres-homes-sessions.ts";
import { peopleQueries } from "./postgres-people.ts";
import { proxyQueries } from "./postgres-proxy.ts";
import { migratePostgres } from "./postgres-schema.ts";
import { standingColumns, standingOf } from "./sqlite-people.ts";
import { cardOf, certificateOf, count, orNull, sessionOf, stateOf, storedOf, text, userOf } from "./sqlite-rows.ts";
import type { Store } from "./store.ts";
import { certificateMs, mostAuditEntries, wantedMs } from "./store-bounds.ts";

/** `url`: `postgres://user:password@host/database`. It is connected to when first asked. */
export function openPostgresStore(url: string, auditBound: number = mostAuditEntries): Store {
  const postgres = openPostgres(url, migratePostgres);
  const { all, one, run, transaction } = postgres;
  const audit = auditQueries(postgres, auditBound);

  return {
    ...credentialQueries(postgres),
    ...descriptorQueries(postgres),
    ...peopleQueries(postgres),
    ...copyQueries(postgres),
    ...proxyQueries(postgres),
    ...homesSessionQueries(postgres),
    ...audit,

    async putUser({ number, user, passwordHash, state }) {
      await transaction(async (queries) => {
        // The first person of a home owns it: of two at once one is the first.
        await queries.all("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", number);
        await queries.run('DELETE FROM sessions WHERE number = $1 AND "user" = $2', number, user);
        await queries.run(
          `INSERT INTO users (number, "user", password_hash, state, role)
           VALUES ($1, $2, $3, $4, CASE WHEN EXISTS (SELECT 1 FROM users WHERE number = $1) THEN 'guest' ELSE 'owner' END)
           ON CONFLICT (number, "user")
           DO UPDATE SET password_hash = excluded.password_hash, state = excluded.state`,
          ...[number, user, passwordHash, state],
        );
      });
    },
    async findUser(number, user) {
      const row = await one('SELECT * FROM users WHERE number = $1 AND "user" = $2', number, user);
      return row && userOf(row);
    },
    listUsers: async () => (await all('SELECT * FROM users ORDER BY number, "user"')).map(userOf),
    async spendOneTimePassword(number, user) {
      const spent = await run(
        `UPDATE users SET state = 'one-time-used' WHERE number = $1 AND "user" = $2 AND state = 'one-time'`,
        ...[number, user],
      );
      return spent === 1;
    },

    async addSession({ id, number, user, begunAt, seenAt, expiresAt, methods, source, agent }) {
      await run(
        `INSERT INTO sessions (id, number, "user", begun_at, seen_at, expires_at, methods, source, agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        ...[id, number, user, begunAt, seenAt, expiresAt, methods, source, agent],
      );
    },
    async findSession(id) {
      const row = await one(
        `SELECT sessions.*, state, requirement, ${standingColumns},
           EXISTS (SELECT 1 FROM credentials AS c
             WHERE c.number = sessions.number AND c."user" = sessions."user" AND kind = 'totp')::int AS has_totp
         FROM sessions JOIN users USING (number, "user") LEFT JOIN requirements USING (number)
           LEFT JOIN homes USING (number) WHERE sessions.id = $1`,
        id,
      );
      if (row === undefined) return undefined;
      const [state, requirement] = [stateOf(row), orNull(row, "requirement", text)];
      return { ...sessionOf(row), state, requirement, hasTotp: count(row, "has_totp") === 1, ...standingOf(row) };
    },
    async listSessions(number, user) {
      const rows = await all(
        'SELECT * FROM sessions WHERE number = $1 AND "user" = $2 ORDER BY seen_at DESC',
        ...[number, user],
      );
      return rows.map(sessionOf);
    },
    async touchSession(id, seenAt) {
      await run("UPDATE sessions SET seen_at = $2 WHERE id = $1", id, seenAt);
    },
    async removeSession(id) {
      await run("DELETE FROM sessions WHERE id = $1", id);
    },

    async addCard({ tokenHash, number, expiresAt, usedAt }) {
      await run(
        "INSERT INTO cards (token_hash, number, expires_at, used_at) VALUES ($1, $2, $3, $4)",
        ...[tokenHash, number, expiresAt, usedAt],
      );
    },
    async findCard(tokenHash) {
      const row = await one("SELECT * FROM cards WHERE token_hash = $1", tokenHash);
      return row && cardOf(row);
    },
    async redeemCard(tokenHash, usedAt, { serial, number, expiresAt }) {
      return transaction(async (queries) => {
        const used = await queries.run(
          "UPDATE cards SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL",
          ...[tokenHash, usedAt],
        );
        if (used !== 1) return false;
        await queries.run("DELETE FROM certificates WHERE number = $1", number);
        await queries.run(
          "INSERT INTO certificates (serial, number, expires_at) VALUES ($1, $2, $3)",
          ...[serial, number, expiresAt],
        );
        return true;
      });
    },
    async addCertificate({ serial, number, expiresAt }) {
      await run(
        "INSERT INTO certificates (serial, number, expires_at) VALUES ($1, $2, $3)",
        ...[serial, number, expiresAt],
      );
    },
    async findCertificate(serial) {
      const row = await one("SELECT * FROM certificates WHERE serial = $1", serial);
      return row && certificateOf(row);
    },
    async findCertificates(serials) {
      return (await all("SELECT * FROM certificates WHERE serial = ANY ($1)", serials)).map(certificateOf);
    },
    removeCertificates: (number) => run("DELETE FROM certificates WHERE number = $1", number),

    async countStored(now) {
      const row = await one(
        `SELECT (SELECT count(DISTINCT number) FROM users WHERE number <> '${providerDesk}') AS homes, (SELECT count(*) FROM users) AS users,
           (SELECT count(*) FROM sessions WHERE expires_at > $1) AS sessions`,
        now,
      );
      return storedOf(row ?? {});
    },

    async prune(now) {
      await transaction(async (queries) => {
        await queries.run("DELETE FROM sessions WHERE expires_at <= $1", now);
        await queries.run("DELETE FROM homes_sessions WHERE expires_at <= $1", now);
        await queries.run("DELETE FROM cards WHERE expires_at <= $1 AND used_at IS NULL", now);
        await queries.run("DELETE FROM certificates WHERE expires_at <= $1", now - certificateMs);
        await queries.run("DELETE FROM invitations WHERE expires_at <= $1", now);
        await queries.run("DELETE FROM wanted WHERE asked_at <= $1", now - wantedMs);
      });
    },

    async [Symbol.asyncDispose]() {
      await audit.settled();
      await postgres[Symbol.asyncDispose]();
    },
  };
}
