/** The port to what the provider must not forget: the authentication table, sessions, cards, certificates, the audit and the descriptor database. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { DescriptorStore } from "./descriptor-store.ts";

/** `one-time`: good for one login; `one-time-used`: that login has been, and another password must be set. */
export type PasswordState = "password" | "one-time" | "one-time-used";

/** One line of the authentication table. */
export interface User {
  readonly number: AccessNumber;
  readonly user: string;
  readonly passwordHash: string;
  readonly state: PasswordState;
}

/** Times are milliseconds since 1970. `id` is a hash: who reads the table cannot act as the session. */
export interface Session {
  readonly id: string;
  readonly number: AccessNumber;
  readonly user: string;
  readonly seenAt: number;
  readonly expiresAt: number;
}

export interface StoredCard {
  readonly tokenHash: string;
  readonly number: AccessNumber;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

/** A gateway's certificate that opens the link; what is not in the table opens nothing. */
export interface GatewayCertificate {
  /** Upper-case hex, as Node tells it. */
  readonly serial: string;
  readonly number: AccessNumber;
  readonly expiresAt: number;
}

export interface AuditEntry {
  readonly at: number;
  readonly event: string;
  readonly number: string | null;
  readonly user: string | null;
  readonly source: string | null;
  readonly facts: JsonObject;
}

/** Durable when a promise resolves. The command line writes while the access broker runs. */
export interface Store extends DescriptorStore, AsyncDisposable {
  /** Adds or replaces a user; the sessions of a replaced one end. The access number exists with its first user. */
  putUser(user: User): Promise<void>;
  findUser(number: AccessNumber, user: string): Promise<User | undefined>;
  listUsers(): Promise<readonly User[]>;
  /** Moves `one-time` to `one-time-used`; false when another login was first. */
  spendOneTimePassword(number: AccessNumber, user: string): Promise<boolean>;

  addSession(session: Session): Promise<void>;
  /** The session with its user's state, unless it has ended. */
  findSession(id: string): Promise<(Session & { readonly state: PasswordState }) | undefined>;
  touchSession(id: string, seenAt: number): Promise<void>;
  removeSession(id: string): Promise<void>;

  addCard(card: StoredCard): Promise<void>;
  findCard(tokenHash: string): Promise<StoredCard | undefined>;
  /**
   * Uses a card up: all at once it is marked, the certificates that its home had are forgotten and the new one is known.
   * False, and nothing done, when the card was used before.
   */
  redeemCard(tokenHash: string, usedAt: number, certificate: GatewayCertificate): Promise<boolean>;
  /** Adds the certificate of a renewal; older ones stay good until they expire. */
  addCertificate(certificate: GatewayCertificate): Promise<void>;
  findCertificate(serial: string): Promise<GatewayCertificate | undefined>;

  /** Appends; the oldest entries are dropped beyond a bound. */
  appendAudit(entry: AuditEntry): Promise<void>;
  /** The newest entries, newest first. */
  readAudit(limit: number): Promise<readonly AuditEntry[]>;

  /** Forgets sessions, unused cards and certificates that expired before `now`, and what nobody has asked for in 90 days. */
  prune(now: number): Promise<void>;
}
