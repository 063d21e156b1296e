/** Writes to a store until it is killed, and says on its output what the store said was durable. */

import { openPostgresStore } from "../../access-broker/subscriptions/postgres-store.ts";
import { openSqliteStore } from "../../access-broker/subscriptions/sqlite-store.ts";

const [where = "", round = ""] = process.argv.slice(2);
const store = where.startsWith("postgres:") ? openPostgresStore(where) : openSqliteStore(where);
const say = (line) => process.stdout.write(`${line}\n`);
const number = "090-1234-5678";
const entry = { event: "x", number, user: "u", source: "::1", facts: {} };

await store.putUser({ number, user: "u", passwordHash: "h", state: "password" });
for (let at = 0; ; at++) {
  const id = `${round}-${at}`;
  await Promise.all([
    ...[0, 1, 2, 3].map((part) =>
      store
        .appendAudit({ ...entry, at: Number(round) * 1e6 + at * 4 + part })
        .then(() => say(`audit ${Number(round) * 1e6 + at * 4 + part}`)),
    ),
    store
      .addCredential({ number, user: "u", kind: "key", id, facts: {}, counter: 0, addedAt: at, usedAt: null })
      .then((isAdded) => isAdded && say(`credential ${id}`)),
  ]);
}
