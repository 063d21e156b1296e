/** The part of the store's port that copies all of it: for a backup, and from one kind of store into another. */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject } from "../../gateway-core/contract/json.ts";

/** Every table, those before others that these refer to. */
export const storeTables = [
  ...["users", "homes", "requirements", "proxy_homes", "sessions", "homes_sessions", "credentials", "invitations"],
  ...["cards", "certificates", "descriptors", "wanted", "secrets", "audit_anchor", "audit"],
] as const;

export interface StoredRow {
  readonly table: string;
  readonly row: Readonly<Record<string, string | number | null>>;
}

export interface StoreCopy {
  /** All rows as they stand at one moment, table after table. */
  dump(): AsyncIterable<StoredRow>;
  /**
   * Puts rows of a dump in the place of all that is there, all or nothing; how many there were.
   * @throws HomeError `backup-invalid` for a row that belongs into no table.
   */
  load(rows: AsyncIterable<StoredRow>): Promise<number>;
}

const known: ReadonlySet<string> = new Set(storeTables);

/** Reads a line of a dump. @throws HomeError `backup-invalid` */
export function parseStoredRow(line: string): StoredRow {
  const told: unknown = readJson(line);
  if (isJsonObject(told)) {
    const { table, row } = told;
    if (typeof table === "string" && known.has(table) && isJsonObject(row)) {
      const cells = Object.entries(row).map(([column, value]) => {
        if (/^[a-z_]{1,40}$/.test(column) && (value === null || ["string", "number"].includes(typeof value))) {
          return [column, typeof value === "number" || typeof value === "string" ? value : null] as const;
        }
        throw invalid(`a cell in ${column}`);
      });
      if (cells.length > 0) return { table, row: Object.fromEntries(cells) };
    }
  }
  throw invalid("a line");
}

/** A row as a database tells it. */
export function cellsOf(row: Readonly<Record<string, unknown>>): StoredRow["row"] {
  const cells: Record<string, string | number | null> = {};
  for (const [column, value] of Object.entries(row)) {
    if (value !== null && typeof value !== "string" && typeof value !== "number") {
      throw new HomeError("internal", `the store holds a ${typeof value} in ${column}`);
    }
    cells[column] = value;
  }
  return cells;
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const invalid = (what: string): HomeError =>
  new HomeError("backup-invalid", `${what} of the dump belongs into no table`);
