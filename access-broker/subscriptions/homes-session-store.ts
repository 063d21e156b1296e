/** The part of the store's port that holds who looks at the page of their homes, by which passkey. */

/** Times are milliseconds since 1970. `id` is a hash: who reads the table cannot act as the session. */
export interface HomesSession {
  readonly id: string;
  /** The passkey that was touched, and the digest of its public key: an id alone anybody may claim. */
  readonly passkey: string;
  readonly keyDigest: string;
  readonly begunAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  /** Where it was begun: address, and User-Agent as it was told. */
  readonly source: string;
  readonly agent: string;
}

export interface HomesSessionStore {
  addHomesSession(session: HomesSession): Promise<void>;
  findHomesSession(id: string): Promise<HomesSession | undefined>;
  /** Of one passkey, the one seen last first. */
  listHomesSessions(passkey: string): Promise<readonly HomesSession[]>;
  touchHomesSession(id: string, seenAt: number): Promise<void>;
  removeHomesSession(id: string): Promise<void>;
}
