/** The connection to PostgreSQL by the package `pg`, which a provider installs beside this one; what fails is `store-unavailable` or `internal`. */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Row } from "./sqlite-rows.ts";

export type SqlValue = string | number | null | readonly string[];

/** Values stand in the text as `$1`, `$2` …. */
export interface Queries {
  all(text: string, ...values: readonly SqlValue[]): Promise<Row[]>;
  one(text: string, ...values: readonly SqlValue[]): Promise<Row | undefined>;
  /** How many rows were changed. */
  run(text: string, ...values: readonly SqlValue[]): Promise<number>;
}

export interface Postgres extends Queries, AsyncDisposable {
  /** All or nothing. `beginning`: more than `BEGIN`, such as its isolation. */
  transaction<T>(work: (queries: Queries) => Promise<T>, beginning?: string): Promise<T>;
}

const mostConnections = 10;
const connectMs = 10_000;
const statementMs = 30_000;
/** int8: times and counts, all of them below 2^53. */
const int8 = 20;

interface Answer {
  readonly rows: readonly Record<string, unknown>[];
  readonly rowCount: number | null;
}
interface Asked {
  query(text: string, values: readonly SqlValue[]): Promise<Answer>;
}

/** `prepare` runs once, before anything else is asked. */
export function openPostgres(url: string, prepare: (postgres: Postgres) => Promise<void>): Postgres {
  let opening: Promise<Awaited<ReturnType<typeof openPool>>> | undefined;
  let preparing: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  const pool = () => (opening ??= openPool(url));

  const ask = async (asked: Asked, text: string, values: readonly SqlValue[]): Promise<Answer> => {
    try {
      return await asked.query(text, values);
    } catch (cause) {
      throw failureOf(cause);
    }
  };
  const queriesOf = (choose: () => Promise<Asked>): Queries => ({
    all: async (text, ...values) => (await ask(await choose(), text, values)).rows.map(rowOf),
    one: async (text, ...values) => {
      const [first] = (await ask(await choose(), text, values)).rows;
      return first && rowOf(first);
    },
    run: async (text, ...values) => (await ask(await choose(), text, values)).rowCount ?? 0,
  });

  const raw: Postgres = {
    ...queriesOf(pool),
    async transaction(work, beginning = "") {
      const connected = await (await pool()).connect().catch((cause: unknown) => Promise.reject(failureOf(cause)));
      const queries = queriesOf(async () => connected);
      try {
        await queries.run(`BEGIN ${beginning}`);
        const result = await work(queries);
        await queries.run("COMMIT");
        connected.release();
        return result;
      } catch (thrown) {
        const isRolledBack = await queries.run("ROLLBACK").then(
          () => true,
          () => false,
        );
        // A connection of which nobody knows how it stands is thrown away.
        connected.release(!isRolledBack);
        throw thrown;
      }
    },
    async [Symbol.asyncDispose]() {
      closing ??= (async () => {
        await preparing?.catch(() => undefined);
        await (await opening?.catch(() => undefined))?.end();
      })();
      await closing;
    },
  };
  const ready = async (): Promise<void> => {
    preparing ??= prepare(raw);
    await preparing.catch((thrown: unknown) => {
      // Whoever asks next tries once more: the database may be back.
      preparing = undefined;
      throw thrown;
    });
  };
  return {
    all: async (text, ...values) => ready().then(() => raw.all(text, ...values)),
    one: async (text, ...values) => ready().then(() => raw.one(text, ...values)),
    run: async (text, ...values) => ready().then(() => raw.run(text, ...values)),
    transaction: async (work, beginning) => ready().then(() => raw.transaction(work, beginning)),
    [Symbol.asyncDispose]: raw[Symbol.asyncDispose],
  };
}

/** @throws HomeError `store-unavailable` when the package is not there. */
async function openPool(url: string) {
  const { default: pg } = await import("pg").catch((cause: unknown) => {
    throw new HomeError("store-unavailable", "PostgreSQL needs the package pg: npm install pg", {}, cause);
  });
  const types = {
    getTypeParser: (type: number, format?: "text" | "binary") =>
      type === int8 ? Number : pg.types.getTypeParser(type, format ?? "text"),
  };
  const pool = new pg.Pool({
    ...{ connectionString: url, max: mostConnections, allowExitOnIdle: true, application_name: "genkan" },
    ...{ connectionTimeoutMillis: connectMs, statement_timeout: statementMs, keepAlive: true, types },
  });
  // An idle connection that breaks is replaced when the next one is needed.
  pool.on("error", () => undefined);
  return pool;
}

function failureOf(cause: unknown): HomeError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const message = cause instanceof Error ? cause.message : String(cause);
  // What has no SQLSTATE, or one of class 08, 28, 3D, 53, 57: the server is away, full or lets nobody in.
  const isAway = !/^[0-9A-Z]{5}$/.test(code) || /^(?:08|28|3D|53|57)/.test(code);
  if (isAway) return new HomeError("store-unavailable", `PostgreSQL cannot be used: ${message}`, {}, cause);
  return new HomeError("internal", `PostgreSQL refused a statement: ${message}`, {}, cause);
}

function rowOf(raw: Record<string, unknown>): Row {
  const row: Row = {};
  for (const [column, value] of Object.entries(raw)) {
    if (value !== null && typeof value !== "string" && typeof value !== "number") {
      throw new HomeError("internal", `the store holds a ${typeof value} in ${column}`);
    }
    row[column] = value;
  }
  return row;
}
