/** The part of the SQLite store that holds people, what homes may be reached by, and invitations. */

import type { SQLInputValue, StatementSync } from "node:sqlite";
import { providerDesk } from "../../gateway-core/contract/access-number.ts";
import {
  type CommunicationMethod,
  communicationMethods,
  parseCommunicationMethods,
} from "../../gateway-core/contract/communication-method.ts";
import { type Grant, parseGrant, wholeGrant } from "../../gateway-core/contract/grant.ts";
import type {
  HomeRules,
  Invitation,
  PeopleStore,
  Role,
  Standing,
  SubscribedHome,
  SubscribedPerson,
} from "./people-store.ts";
import { count, numberOf, orNull, type Row, text } from "./sqlite-rows.ts";

/** Whoever was there before had the whole home. No grant in the table: the whole. */
export const peopleTables = `
  ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'owner';
  ALTER TABLE users ADD COLUMN granted TEXT;
  ALTER TABLE users ADD COLUMN is_suspended INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE homes (
    number TEXT PRIMARY KEY, methods TEXT, is_suspended INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE invitations (
    secret_hash TEXT PRIMARY KEY, number TEXT NOT NULL, user TEXT NOT NULL, expires_at INTEGER NOT NULL,
    UNIQUE (number, user), FOREIGN KEY (number, user) REFERENCES users ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;`;

/** What of a person and their home decides, for a SELECT that joins users and, on the left, homes. */
export const standingColumns =
  "role, granted, users.is_suspended AS is_suspended, homes.methods AS home_methods, homes.is_suspended AS home_suspended";

export const standingOf = (row: Row): Standing & { readonly home: HomeRules } => ({
  ...personOf(row),
  home: {
    methods: methodsOf(row["home_methods"]),
    isSuspended: row["home_suspended"] === 1,
  },
});

export function peopleStatements(
  sql: (text: string) => StatementSync,
  transaction: <T>(work: () => T) => T,
): PeopleStore {
  const run = (text: string, ...values: readonly SQLInputValue[]): boolean => sql(text).run(...values).changes > 0;
  const endSessions = (number: string, user: string): boolean =>
    run("DELETE FROM sessions WHERE number = ? AND user = ?", number, user);
  const putPerson = (number: string, person: SubscribedPerson): void => {
    const { user, role, grant, isSuspended, passwordHash, state, credentials } = person;
    run(
      `INSERT INTO users (number, user, password_hash, state, role, granted, is_suspended)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[number, user, passwordHash, state, role, role === "owner" ? null : JSON.stringify(grant)],
      Number(isSuspended),
    );
    for (const { kind, id, facts, counter, addedAt } of credentials) {
      run(
        "INSERT INTO credentials (number, kind, id, user, facts, counter, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        ...[number, kind, id, user, JSON.stringify(facts), counter, addedAt],
      );
    }
  };
  const putHome = ({ number, methods, isSuspended, requirement, people, proxy }: SubscribedHome): void => {
    // Their sessions, credentials and invitations go with them.
    for (const table of ["users", "homes", "requirements"]) run(`DELETE FROM ${table} WHERE number = ?`, number);
    run("INSERT INTO homes VALUES (?, ?, ?)", number, methods.join(), Number(isSuspended));
    if (requirement !== null) run("INSERT INTO requirements VALUES (?, ?)", number, requirement);
    for (const person of people) putPerson(number, person);
    if (proxy !== undefined) run("DELETE FROM proxy_homes WHERE number = ?", number);
    if (proxy) run("INSERT INTO proxy_homes (number, policy) VALUES (?, ?)", number, JSON.stringify(proxy));
  };
  const find = (secretHash: string, now: number): Invitation | undefined => {
    const row = sql("SELECT * FROM invitations WHERE secret_hash = ? AND expires_at > ?").get(secretHash, now);
    return row && invitationOf(row);
  };

  return {
    async listPeople(number) {
      const rows = sql(
        `SELECT users.*, expires_at FROM users LEFT JOIN invitations USING (number, user)
         WHERE ?1 IS NULL OR number = ?1 ORDER BY number, user`,
      ).all(number ?? null);
      return rows.map((row) => ({
        ...{ number: numberOf(row), user: text(row, "user") },
        ...personOf(row),
        invitedUntil: orNull(row, "expires_at", count),
      }));
    },
    async findNumbers(part, most) {
      const rows = sql(
        "SELECT DISTINCT number FROM users WHERE instr(number, ?) > 0 AND number <> ? ORDER BY number LIMIT ?",
      ).all(part, providerDesk, most);
      return rows.map(numberOf);
    },
    async findStanding(number, user) {
      const row = sql(
        `SELECT ${standingColumns} FROM users LEFT JOIN homes USING (number) WHERE number = ? AND user = ?`,
      ).get(number, user);
      return row && standingOf(row);
    },
    async setGrant(number, user, role, grant) {
      const granted = role === "owner" ? null : JSON.stringify(grant);
      return run("UPDATE users SET role = ?, granted = ? WHERE number = ? AND user = ?", role, granted, number, user);
    },
    async setSuspended(number, user, isSuspended) {
      return transaction(() => {
        if (isSuspended) endSessions(number, user);
        return run(
          "UPDATE users SET is_suspended = ? WHERE number = ? AND user = ?",
          Number(isSuspended),
          number,
          user,
        );
      });
    },
    async removePerson(number, user) {
      return run("DELETE FROM users WHERE number = ? AND user = ?", number, user);
    },

    async findHomeRules(number) {
      const row = sql("SELECT methods, is_suspended FROM homes WHERE number = ?").get(number);
      return { methods: methodsOf(row?.["methods"]), isSuspended: row?.["is_suspended"] === 1 };
    },
    async isEnrolled(number, now) {
      return sql("SELECT 1 FROM certificates WHERE number = ? AND expires_at > ?").get(number, now) !== undefined;
    },
    async setHomeRules(number, { methods, isSuspended }) {
      transaction(() => {
        run("INSERT INTO homes (number) VALUES (?) ON CONFLICT DO NOTHING", number);
        if (methods !== undefined) run("UPDATE homes SET methods = ? WHERE number = ?", methods.join(), number);
        if (isSuspended === undefined) return;
        run("UPDATE homes SET is_suspended = ? WHERE number = ?", Number(isSuspended), number);
        if (isSuspended) run("DELETE FROM sessions WHERE number = ?", number);
      });
    },

    async putHomes(homes) {
      transaction(() => {
        for (const home of homes) putHome(home);
      });
    },

    async putInvitation({ secretHash, number, user, expiresAt }) {
      run(
        `INSERT INTO invitations (secret_hash, number, user, expires_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (number, user) DO UPDATE SET secret_hash = excluded.secret_hash, expires_at = excluded.expires_at`,
        ...[secretHash, number, user, expiresAt],
      );
    },
    findInvitation: async (secretHash, now) => find(secretHash, now),
    async redeemInvitation(secretHash, now) {
      return transaction(() => {
        const found = find(secretHash, now);
        if (found === undefined) return undefined;
        const { number, user } = found;
        run("DELETE FROM invitations WHERE secret_hash = ?", secretHash);
        endSessions(number, user);
        run("DELETE FROM credentials WHERE number = ? AND user = ?", number, user);
        run("UPDATE users SET password_hash = '', state = 'none' WHERE number = ? AND user = ?", number, user);
        return found;
      });
    },
  };
}

/** A row of users. */
export function personOf(row: Row): Standing {
  const role = roleOf(row);
  return { role, grant: orNull(row, "granted", grantOf) ?? wholeGrant, isSuspended: count(row, "is_suspended") === 1 };
}

const roleOf = (row: Row): Role => (text(row, "role") === "owner" ? "owner" : "guest");
const grantOf = (row: Row, column: string): Grant => parseGrant(JSON.parse(text(row, column)));
export const methodsOf = (value: unknown): readonly CommunicationMethod[] =>
  typeof value === "string" ? parseCommunicationMethods(value) : communicationMethods;

export const invitationOf = (row: Row): Invitation => ({
  secretHash: text(row, "secret_hash"),
  number: numberOf(row),
  user: text(row, "user"),
  expiresAt: count(row, "expires_at"),
});
