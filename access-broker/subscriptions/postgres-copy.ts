/** Copies the PostgreSQL store whole: read in pieces out of one moment, and back in one transaction. */

import type { Postgres, Queries } from "./postgres-connection.ts";
import { cellsOf, type StoreCopy, type StoredRow, storeTables } from "./store-copy.ts";

const rowsAtOnce = 1_000;

export function copyQueries(postgres: Postgres): StoreCopy {
  return {
    async *dump() {
      const rows = new TransformStream<StoredRow, StoredRow>();
      const writer = rows.writable.getWriter();
      // The transaction holds one moment for as long as somebody reads.
      const done = postgres
        .transaction((queries) => writeAll(queries, writer), "ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .then(
          () => writer.close(),
          (thrown: unknown) => writer.abort(thrown),
        );
      for await (const row of rows.readable) yield row;
      await done;
    },
    async load(rows) {
      return postgres.transaction(async (queries) => {
        for (const table of [...storeTables].reverse()) await queries.run(`DELETE FROM ${table}`);
        let loaded = 0;
        for await (const { table, row } of rows) {
          const columns = Object.keys(row);
          const marks = columns.map((_, at) => `$${at + 1}`).join(", ");
          const names = columns.map((column) => `"${column}"`).join(", ");
          await queries.run(`INSERT INTO ${table} (${names}) VALUES (${marks})`, ...Object.values(row));
          loaded++;
        }
        return loaded;
      });
    },
  };
}

async function writeAll(queries: Queries, writer: WritableStreamDefaultWriter<StoredRow>): Promise<void> {
  for (const table of storeTables) {
    await queries.run(`DECLARE rows_of_${table} CURSOR FOR SELECT * FROM ${table}`);
    for (;;) {
      const rows = await queries.all(`FETCH ${rowsAtOnce} FROM rows_of_${table}`);
      for (const row of rows) await writer.write({ table, row: cellsOf(row) });
      if (rows.length < rowsAtOnce) break;
    }
    await queries.run(`CLOSE rows_of_${table}`);
  }
}
