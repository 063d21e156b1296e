/** Copies the SQLite store whole: row by row out of one moment, and back in one transaction. */

import type { StatementSync } from "node:sqlite";
import { cellsOf, type StoreCopy, type StoredRow, storeTables } from "./store-copy.ts";

export function copyStatements(sql: (text: string) => StatementSync, transaction: <T>(work: () => T) => T): StoreCopy {
  return {
    async *dump() {
      // One transaction: no table is older than another. What a provider of one SQLite file has fits into memory.
      const tables = transaction(() =>
        storeTables.map((table) => ({ table, rows: sql(`SELECT * FROM ${table}`).all() })),
      );
      for (const { table, rows } of tables) for (const row of rows) yield { table, row: cellsOf(row) };
    },
    async load(rows) {
      const all: StoredRow[] = [];
      for await (const row of rows) all.push(row);
      return transaction(() => {
        for (const table of [...storeTables].reverse()) sql(`DELETE FROM ${table}`).run();
        for (const { table, row } of all) {
          const columns = Object.keys(row);
          const marks = columns.map(() => "?").join(", ");
          sql(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${marks})`).run(...Object.values(row));
        }
        return all.length;
      });
    },
  };
}
