/** The file that histories are kept in: SQLite (node:sqlite) with a write-ahead log. It knows the disk, and nothing of what the numbers are. */

import { chmodSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { HomeError } from "../contract/errors.ts";
import type { Spans } from "./span.ts";
import type { Gathered, Reading } from "./track.ts";

/** A series is one property of one device. */
export interface SeriesKey {
  readonly device: string;
  readonly property: string;
}

export interface Written extends SeriesKey, Gathered {
  readonly reading: Reading | undefined;
}

export type Level = "minutes" | "hours";

export interface HistoryFile extends Disposable {
  readingOf(key: SeriesKey): Reading | undefined;
  /** All of it or nothing; what is there already of the same minute or hour is added to. */
  write(all: readonly Written[]): void;
  read(key: SeriesKey, level: Level, from: number, to: number): Spans;
  /** What is older goes; series of which nothing is left, too. */
  forget(level: Level, before: number): void;
  /** The oldest tenth goes: of the minutes as long as there are more of them than of the last day, then of the hours. */
  thin(): void;
  /** How full it is, 0 to 1. */
  readonly fullness: number;
}

const version = 1;
const busyMs = 2_000;
const dayMs = 24 * 60 * 60_000;
const span =
  "series INTEGER NOT NULL, at INTEGER NOT NULL, ms REAL NOT NULL, sum REAL NOT NULL, least REAL NOT NULL, most REAL NOT NULL";
const schema = `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY, device TEXT NOT NULL, property TEXT NOT NULL,
    value REAL, changed_at INTEGER, seen_at INTEGER, UNIQUE (device, property)
  ) STRICT;
  CREATE TABLE minutes (${span}, PRIMARY KEY (series, at)) STRICT, WITHOUT ROWID;
  CREATE TABLE hours (${span}, PRIMARY KEY (series, at)) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${version};`;

/**
 * All of it throws HomeError `history-off` {reason}: `node-too-old` where Node has no SQLite, `damaged` where the file is
 * none of ours, `full` where it or the disk is, `store-unavailable` where it cannot be had.
 */
export async function openHistoryFile(path: string, megabytes: number): Promise<HistoryFile> {
  const sqlite = await import("node:sqlite").catch((cause: unknown) => {
    throw new HomeError("history-off", "history needs Node 22.13 or later", { reason: "node-too-old" }, cause);
  });
  return attempt(() => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const db = new sqlite.DatabaseSync(path, { timeout: busyMs });
    try {
      return tablesOf(prepare(db, path, megabytes));
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  });
}

/** What is damaged may still be of use to somebody: it stands beside until the next one takes its place. */
export function setAside(path: string): string {
  const aside = `${path}.damaged`;
  renameSync(path, aside);
  for (const ending of ["-wal", "-shm"]) rmSync(path + ending, { force: true });
  return aside;
}

function prepare(db: DatabaseSync, path: string, megabytes: number): DatabaseSync {
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 4194304;");
  chmodSync(path, 0o600);
  const found = numberOf(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (found === 0) db.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
  else if (found !== version) throw new HomeError("history-off", `its version is ${found}`, { reason: "damaged" });
  const octets = numberOf(db.prepare("PRAGMA page_size").get()?.["page_size"]);
  db.exec(`PRAGMA max_page_count = ${Math.floor((megabytes * 2 ** 20) / octets)};`);
  return db;
}

function tablesOf(db: DatabaseSync): HistoryFile {
  const prepared = new Map<string, StatementSync>();
  const sql = (statement: string): StatementSync => {
    const known = prepared.get(statement) ?? db.prepare(statement);
    prepared.set(statement, known);
    return known;
  };
  const one = (statement: string, ...values: number[]): number => {
    const row = sql(statement).get(...values);
    return numberOf(row === undefined ? undefined : Object.values(row)[0]);
  };
  const idOf = ({ device, property }: SeriesKey): number | undefined => {
    const row = sql("SELECT id FROM series WHERE device = ? AND property = ?").get(device, property);
    return row && numberOf(row["id"]);
  };
  const series = (): number[] =>
    sql("SELECT id FROM series")
      .all()
      .map(({ id }) => numberOf(id));

  function write({ device, property, reading, ...gathered }: Written): void {
    const { value = null, changedAt = null, seenAt = null } = reading ?? {};
    sql(
      `INSERT INTO series (device, property, value, changed_at, seen_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET value = excluded.value, changed_at = excluded.changed_at, seen_at = excluded.seen_at`,
    ).run(device, property, value, changedAt, seenAt);
    const id = idOf({ device, property }) ?? 0;
    for (const level of ["minutes", "hours"] as const) {
      const put = sql(
        `INSERT INTO ${level} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ms = ms + excluded.ms,
         sum = sum + excluded.sum, least = min(least, excluded.least), most = max(most, excluded.most)`,
      );
      for (const [at, { ms, sum, least, most }] of gathered[level]) put.run(id, at, ms, sum, least, most);
    }
  }

  function removeBefore(level: Level, before: number): void {
    for (const id of series()) sql(`DELETE FROM ${level} WHERE series = ? AND at < ?`).run(id, before);
  }

  const reach = (level: Level) => {
    const ends = series().map((id) => ({
      first: one(`SELECT ifnull(min(at), 9e15) FROM ${level} WHERE series = ?`, id),
      last: one(`SELECT ifnull(max(at), 0) FROM ${level} WHERE series = ?`, id),
    }));
    return { first: Math.min(...ends.map(({ first }) => first)), last: Math.max(...ends.map(({ last }) => last)) };
  };

  const transaction = (work: () => void): void =>
    attempt(() => {
      db.exec("BEGIN IMMEDIATE");
      try {
        work();
        db.exec("COMMIT");
      } catch (thrown) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw thrown;
      }
    });

  return {
    readingOf: ({ device, property }) =>
      attempt(() => {
        const row = sql("SELECT * FROM series WHERE device = ? AND property = ?").get(device, property);
        if (row === undefined || row["value"] === null) return undefined;
        const [changedAt, seenAt] = [numberOf(row["changed_at"]), numberOf(row["seen_at"])];
        return { value: numberOf(row["value"]), changedAt, seenAt };
      }),
    write: (all) => transaction(() => all.forEach(write)),
    read: (key, level, from, to) =>
      attempt(() => {
        const rows = sql(
          `SELECT at, ms, sum, least, most FROM ${level} WHERE series = ? AND at >= ? AND at < ? ORDER BY at`,
        ).all(idOf(key) ?? -1, from, to);
        const spanOf = (row: Row) => ({
          ms: numberOf(row["ms"]),
          sum: numberOf(row["sum"]),
          least: numberOf(row["least"]),
          most: numberOf(row["most"]),
        });
        return new Map(rows.map((row) => [numberOf(row["at"]), spanOf(row)]));
      }),
    forget: (level, before) =>
      transaction(() => {
        removeBefore(level, before);
        sql(
          `DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM hours WHERE series = series.id)
           AND NOT EXISTS (SELECT 1 FROM minutes WHERE series = series.id)`,
        ).run();
      }),
    thin: () =>
      transaction(() => {
        const minutes = reach("minutes");
        const level = minutes.last - minutes.first > dayMs ? "minutes" : "hours";
        const { first, last } = level === "minutes" ? minutes : reach("hours");
        if (last > first) removeBefore(level, first + (last - first) / 10);
      }),
    get fullness() {
      return attempt(() => {
        const used = one("PRAGMA page_count") - one("PRAGMA freelist_count");
        return used / one("PRAGMA max_page_count");
      });
    },
    [Symbol.dispose]() {
      db.close();
    },
  };
}

type Row = Record<string, SQLOutputValue>;
const numberOf = (value: SQLOutputValue | undefined): number => Number(value ?? 0);

/** By SQLite's result codes: SQLITE_CORRUPT, SQLITE_NOTADB and SQLITE_FULL (of the file's own bound, or of the disk). */
const reasons: Readonly<Record<number, string>> = { 11: "damaged", 26: "damaged", 13: "full" };

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof HomeError) throw thrown;
    const code = thrown instanceof Error && "errcode" in thrown ? Number(thrown.errcode) & 0xff : 0;
    const reason = reasons[code] ?? "store-unavailable";
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    throw new HomeError("history-off", `the history cannot be used: ${text}`, { reason }, thrown);
  }
}
