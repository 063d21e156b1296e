/** The port to what the provider must not forget: the authentication table, sessions, cards, certificates, the audit and the descriptor database. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { AuditStore } from "./audit-store.ts";
import type { DescriptorStore } from "./descriptor-store.ts";
import type { HomesSessionStore } from "./homes-session-store.ts";
import type { HomeRules, PeopleStore, ProxyPolicy, Standing } from "./people-store.ts";
import type { StoreCopy } from "./store-copy.ts";

/** `one-time`: good for one login; `one-time-used`: that login has been, and another password must be set; `none`: there is none. */
export type PasswordState = "password" | "one-time" | "one-time-used" | "none";

/** One line of the authentication table. */
export interface User {
  readonly number: AccessNumber;
  readonly user: string;
  /** Empty where there is no password. */
  readonly passwordHash: string;
  readonly state: PasswordState;
}

/** Times are milliseconds since 1970. `id` is a hash: who reads the table cannot act as the session. */
export interface Session {
  readonly id: string;
  readonly number: AccessNumber;
  readonly user: string;
  /** When the person last showed who they are. */
  readonly begunAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  /** What was shown, joined by `+`: challenge/challenge.ts, Assurance. */
  readonly methods: string;
  /** Where the session was begun: address, and User-Agent as it was told. */
  readonly source: string;
  readonly agent: string;
}

/** A session with what decides over it: what its user is and was granted, what its home requires and allows, and whether its user has an authenticator app. */
export interface SessionInTable extends Session, Standing {
  readonly state: PasswordState;
  readonly requirement: string | null;
  readonly hasTotp: boolean;
  readonly home: HomeRules;
}

export type CredentialKind = "totp" | "recovery" | "key" | "passkey" | "app";

/** What a person holds beside a password. At one home an `id` of a kind belongs to one user. */
export interface Credential {
  readonly number: AccessNumber;
  readonly user: string;
  readonly kind: CredentialKind;
  /** Key: its fingerprint; passkey: the credential id; recovery code: its hash; app password: its hash; authenticator app: a word of its own. */
  readonly id: string;
  /** What the challenge of this kind needs: a secret, a public key, a label. */
  readonly facts: JsonObject;
  /** What may only grow: the passkey's sign counter, the time step of the last code. */
  readonly counter: number;
  readonly addedAt: number;
  readonly usedAt: number | null;
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

/** Durable when a promise resolves. The command line writes while the access broker runs. */
export interface Store extends DescriptorStore, PeopleStore, HomesSessionStore, AuditStore, StoreCopy, AsyncDisposable {
  /**
   * Adds or replaces a user; the sessions of a replaced one end. The access number exists with its first user, who owns
   * the home; whoever comes later is a guest, who may all until their grant says less.
   */
  putUser(user: User): Promise<void>;
  findUser(number: AccessNumber, user: string): Promise<User | undefined>;
  listUsers(): Promise<readonly User[]>;
  /** Moves `one-time` to `one-time-used`; false when another login was first. */
  spendOneTimePassword(number: AccessNumber, user: string): Promise<boolean>;

  addSession(session: Session): Promise<void>;
  /** The session and what decides over it, unless it has ended. */
  findSession(id: string): Promise<SessionInTable | undefined>;
  /** A user's sessions, the one seen last first. */
  listSessions(number: AccessNumber, user: string): Promise<readonly Session[]>;
  touchSession(id: string, seenAt: number): Promise<void>;
  removeSession(id: string): Promise<void>;

  /** What a home requires of who comes in; null: the product's default again. */
  setRequirement(number: AccessNumber, requirement: string | null): Promise<void>;
  findRequirement(number: AccessNumber): Promise<string | null>;
  /** What a home wants of the outbound proxy; undefined, as until it is set: its computers may not use it. */
  setProxyPolicy(number: AccessNumber, policy: ProxyPolicy | undefined): Promise<void>;
  findProxyPolicy(number: AccessNumber): Promise<ProxyPolicy | undefined>;

  /** False, and nothing done, when the home has that credential already. */
  addCredential(credential: Credential): Promise<boolean>;
  findCredential(number: AccessNumber, kind: CredentialKind, id: string): Promise<Credential | undefined>;
  /** The same credential at whichever home: one passkey opens each of a person's homes. */
  findCredentialAnywhere(kind: CredentialKind, id: string): Promise<Credential | undefined>;
  /** All of them, by number. */
  listCredentialsAnywhere(kind: CredentialKind, id: string): Promise<readonly Credential[]>;
  /** In the order in which they were added. */
  listCredentials(number: AccessNumber, user: string): Promise<readonly Credential[]>;
  /** Moves the counter up; false when it has stood there or higher before. A counter that the credential does not keep stays 0. */
  advanceCredential(credential: Credential, counter: number, usedAt: number): Promise<boolean>;
  /** False when it was not there any more. */
  removeCredential(number: AccessNumber, user: string, kind: CredentialKind, id: string): Promise<boolean>;

  /** Replaces the facts of every credential of a kind for which `rewrite` gives others; how many there were. All or none. */
  rewriteCredentials(
    kind: CredentialKind,
    rewrite: (credential: Credential) => JsonObject | undefined,
  ): Promise<number>;

  /** A secret of the broker's own, made by the first who asks. */
  secret(name: string, fresh: string): Promise<string>;

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
  /** Those of these that are known, in any order. */
  findCertificates(serials: readonly string[]): Promise<readonly GatewayCertificate[]>;
  /** Forgets the certificates of a home; how many there were. */
  removeCertificates(number: AccessNumber): Promise<number>;

  /** How many homes and users are subscribed, and sessions have not ended. */
  countStored(now: number): Promise<Readonly<Record<"homes" | "users" | "sessions", number>>>;

  /** Forgets sessions and unused cards that expired before `now`, certificates half a year later, and what nobody has asked for in 90 days. */
  prune(now: number): Promise<void>;
}
