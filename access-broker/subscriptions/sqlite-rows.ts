/** Reads the rows of the SQLite store back into what the port speaks of; a row of another shape is `internal`. */

import type { SQLOutputValue } from "node:sqlite";
import { isAccessNumber, providerDesk } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject, type JsonObject } from "../../gateway-core/contract/json.ts";
import type { AuditEntry } from "./audit-store.ts";
import type {
  Credential,
  CredentialKind,
  GatewayCertificate,
  PasswordState,
  Session,
  StoredCard,
  User,
} from "./store.ts";

export type Row = Record<string, SQLOutputValue>;

export function stateOf(row: Row): PasswordState {
  const state = text(row, "state");
  if (state === "password" || state === "one-time" || state === "one-time-used" || state === "none") return state;
  throw new HomeError("internal", `the store holds "${state}" as the state of a password`);
}

export const userOf = (row: Row): User => ({
  number: numberOf(row),
  user: text(row, "user"),
  passwordHash: text(row, "password_hash"),
  state: stateOf(row),
});

export const sessionOf = (row: Row): Session => ({
  id: text(row, "id"),
  number: numberOf(row),
  user: text(row, "user"),
  begunAt: count(row, "begun_at"),
  seenAt: count(row, "seen_at"),
  expiresAt: count(row, "expires_at"),
  methods: text(row, "methods"),
  source: text(row, "source"),
  agent: text(row, "agent"),
});

export const credentialOf = (row: Row): Credential => ({
  number: numberOf(row),
  user: text(row, "user"),
  kind: kindOf(row),
  id: text(row, "id"),
  facts: factsOf(text(row, "facts")),
  counter: count(row, "counter"),
  addedAt: count(row, "added_at"),
  usedAt: orNull(row, "used_at", count),
});

export const cardOf = (row: Row): StoredCard => ({
  tokenHash: text(row, "token_hash"),
  number: numberOf(row),
  expiresAt: count(row, "expires_at"),
  usedAt: orNull(row, "used_at", count),
});

export const certificateOf = (row: Row): GatewayCertificate => ({
  serial: text(row, "serial"),
  number: numberOf(row),
  expiresAt: count(row, "expires_at"),
});

export const auditOf = (row: Row): AuditEntry => ({
  at: count(row, "at"),
  event: text(row, "event"),
  number: orNull(row, "number", text),
  user: orNull(row, "user", text),
  source: orNull(row, "source", text),
  facts: factsOf(text(row, "facts")),
});

export const storedOf = (row: Row): Readonly<Record<"homes" | "users" | "sessions", number>> => ({
  homes: count(row, "homes"),
  users: count(row, "users"),
  sessions: count(row, "sessions"),
});

function kindOf(row: Row): CredentialKind {
  const kind = text(row, "kind");
  if (kind === "totp" || kind === "recovery" || kind === "key" || kind === "passkey" || kind === "app") return kind;
  throw new HomeError("internal", `the store holds "${kind}" as a kind of credential`);
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  throw new HomeError("internal", `the store holds no text in ${column}`);
}

export function count(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  throw new HomeError("internal", `the store holds no number in ${column}`);
}

export const orNull = <T>(row: Row, column: string, read: (row: Row, column: string) => T): T | null =>
  row[column] === null ? null : read(row, column);

export function numberOf(row: Row): string {
  const number = text(row, "number");
  if (isAccessNumber(number) || number === providerDesk) return number;
  throw new HomeError("internal", `the store holds "${number}" as an access number`);
}

function factsOf(json: string): JsonObject {
  const facts: unknown = JSON.parse(json);
  return isJsonObject(facts) ? facts : {};
}
