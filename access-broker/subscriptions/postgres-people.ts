/** The part of the PostgreSQL store that holds people, what homes may be reached by, and invitations. */

import { providerDesk } from "../../gateway-core/contract/access-number.ts";
import type { PeopleStore, SubscribedHome, SubscribedPerson } from "./people-store.ts";
import type { Postgres, Queries } from "./postgres-connection.ts";
import { invitationOf, methodsOf, personOf, standingColumns, standingOf } from "./sqlite-people.ts";
import { count, numberOf, orNull, text } from "./sqlite-rows.ts";

export function peopleQueries({ all, one, run, transaction }: Postgres): PeopleStore {
  return {
    async listPeople(number) {
      const rows = await all(
        `SELECT users.*, expires_at FROM users LEFT JOIN invitations USING (number, "user")
         WHERE $1::text IS NULL OR number = $1 ORDER BY number, "user"`,
        number ?? null,
      );
      return rows.map((row) => ({
        ...{ number: numberOf(row), user: text(row, "user") },
        ...personOf(row),
        invitedUntil: orNull(row, "expires_at", count),
      }));
    },
    async findNumbers(part, most) {
      const rows = await all(
        "SELECT DISTINCT number FROM users WHERE strpos(number, $1) > 0 AND number <> $2 ORDER BY number LIMIT $3",
        ...[part, providerDesk, most],
      );
      return rows.map(numberOf);
    },
    async findStanding(number, user) {
      const row = await one(
        `SELECT ${standingColumns} FROM users LEFT JOIN homes USING (number) WHERE number = $1 AND "user" = $2`,
        ...[number, user],
      );
      return row && standingOf(row);
    },
    async setGrant(number, user, role, grant) {
      const granted = role === "owner" ? null : JSON.stringify(grant);
      const set = await run(
        'UPDATE users SET role = $3, granted = $4 WHERE number = $1 AND "user" = $2',
        ...[number, user, role, granted],
      );
      return set > 0;
    },
    async setSuspended(number, user, isSuspended) {
      return transaction(async (queries) => {
        const set = await queries.run(
          'UPDATE users SET is_suspended = $3 WHERE number = $1 AND "user" = $2',
          ...[number, user, Number(isSuspended)],
        );
        if (isSuspended) await queries.run('DELETE FROM sessions WHERE number = $1 AND "user" = $2', number, user);
        return set > 0;
      });
    },
    async removePerson(number, user) {
      return (await run('DELETE FROM users WHERE number = $1 AND "user" = $2', number, user)) > 0;
    },

    async findHomeRules(number) {
      const row = await one("SELECT methods, is_suspended FROM homes WHERE number = $1", number);
      return { methods: methodsOf(row?.["methods"]), isSuspended: row?.["is_suspended"] === 1 };
    },
    async isEnrolled(number, now) {
      return (await one("SELECT 1 FROM certificates WHERE number = $1 AND expires_at > $2", number, now)) !== undefined;
    },
    async setHomeRules(number, { methods, isSuspended }) {
      await transaction(async (queries) => {
        await queries.run("INSERT INTO homes (number) VALUES ($1) ON CONFLICT DO NOTHING", number);
        if (methods !== undefined)
          await queries.run("UPDATE homes SET methods = $2 WHERE number = $1", number, methods.join());
        if (isSuspended === undefined) return;
        await queries.run("UPDATE homes SET is_suspended = $2 WHERE number = $1", number, Number(isSuspended));
        if (isSuspended) await queries.run("DELETE FROM sessions WHERE number = $1", number);
      });
    },

    async putHomes(homes) {
      await transaction(async (queries) => {
        for (const home of homes) await putHome(queries, home);
      });
    },

    async putInvitation({ secretHash, number, user, expiresAt }) {
      await run(
        `INSERT INTO invitations (secret_hash, number, "user", expires_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (number, "user") DO UPDATE SET secret_hash = excluded.secret_hash, expires_at = excluded.expires_at`,
        ...[secretHash, number, user, expiresAt],
      );
    },
    async findInvitation(secretHash, now) {
      const row = await one("SELECT * FROM invitations WHERE secret_hash = $1 AND expires_at > $2", secretHash, now);
      return row && invitationOf(row);
    },
    async redeemInvitation(secretHash, now) {
      return transaction(async (queries) => {
        // Whoever deletes it has it: the other one finds nothing any more.
        const row = await queries.one(
          "DELETE FROM invitations WHERE secret_hash = $1 AND expires_at > $2 RETURNING *",
          ...[secretHash, now],
        );
        if (row === undefined) return undefined;
        const found = invitationOf(row);
        const person = [found.number, found.user] as const;
        await queries.run('DELETE FROM sessions WHERE number = $1 AND "user" = $2', ...person);
        await queries.run('DELETE FROM credentials WHERE number = $1 AND "user" = $2', ...person);
        await queries.run(
          `UPDATE users SET password_hash = '', state = 'none' WHERE number = $1 AND "user" = $2`,
          ...person,
        );
        return found;
      });
    },
  };
}

async function putHome(queries: Queries, home: SubscribedHome): Promise<void> {
  const { number, methods, isSuspended, requirement, people, proxy } = home;
  // Their sessions, credentials and invitations go with them.
  for (const table of ["users", "homes", "requirements"]) {
    await queries.run(`DELETE FROM ${table} WHERE number = $1`, number);
  }
  await queries.run(
    "INSERT INTO homes (number, methods, is_suspended) VALUES ($1, $2, $3)",
    ...[number, methods.join(), Number(isSuspended)],
  );
  if (requirement !== null) {
    await queries.run("INSERT INTO requirements (number, requirement) VALUES ($1, $2)", number, requirement);
  }
  for (const person of people) await putPerson(queries, number, person);
  if (proxy !== undefined) await queries.run("DELETE FROM proxy_homes WHERE number = $1", number);
  if (proxy) {
    await queries.run("INSERT INTO proxy_homes (number, policy) VALUES ($1, $2)", number, JSON.stringify(proxy));
  }
}

async function putPerson(queries: Queries, number: string, person: SubscribedPerson): Promise<void> {
  const { user, role, grant, isSuspended, passwordHash, state, credentials } = person;
  await queries.run(
    `INSERT INTO users (number, "user", password_hash, state, role, granted, is_suspended)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    ...[number, user, passwordHash, state, role, role === "owner" ? null : JSON.stringify(grant)],
    Number(isSuspended),
  );
  for (const { kind, id, facts, counter, addedAt } of credentials) {
    await queries.run(
      `INSERT INTO credentials (number, kind, id, "user", facts, counter, added_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      ...[number, kind, id, user, JSON.stringify(facts), counter, addedAt],
    );
  }
}
