/**
 * Who looks at the page of their homes at the bare host, for a day after a passkey was touched there. Such a session opens
 * no home. It is listed at each home that the passkey opens, and is ended from there.
 */

import { createHash, hash, randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { type Credential, type CredentialStore, factOf } from "./credentials.ts";

const lifeMs = 24 * 60 * 60_000;
/** How often `seenAt` is written down. */
const touchMs = 60_000;
/** Of one passkey: the one seen least lately makes room. */
const mostOfPasskey = 20;
const longestAgent = 256;
const form = /^[A-Za-z0-9_-]{43}$/;

interface StoredHomesSession {
  readonly id: string;
  readonly passkey: string;
  readonly keyDigest: string;
  readonly begunAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  readonly source: string;
  readonly agent: string;
}

/** What this room asks of the store. */
export interface HomesSessionsStore extends Pick<CredentialStore, "listCredentials"> {
  addHomesSession(session: StoredHomesSession): Promise<void>;
  findHomesSession(id: string): Promise<StoredHomesSession | undefined>;
  listHomesSessions(passkey: string): Promise<readonly StoredHomesSession[]>;
  touchHomesSession(id: string, seenAt: number): Promise<void>;
  removeHomesSession(id: string): Promise<void>;
}

/** One passkey, by its id and the digest of its public key: an id alone anybody may claim. */
export interface TouchedPasskey {
  readonly id: string;
  readonly keyDigest: string;
}

export interface HomesSessions {
  /** A new session; the token is told once and only its hash is kept. */
  begin(passkey: TouchedPasskey, source: string, agent: string): Promise<string>;
  /** Undefined for what was not made here, has ended, or is too old. */
  find(token: string): Promise<TouchedPasskey | undefined>;
  /** By who looks, with their token. */
  leave(token: string): Promise<void>;
  /** Those by a passkey of this person, the one seen last first. */
  list(number: AccessNumber, user: string): Promise<readonly StoredHomesSession[]>;
  /** False when it is none of this person's. */
  end(number: AccessNumber, user: string, id: string): Promise<boolean>;
}

export function createHomesSessions(store: HomesSessionsStore, clock: Pick<Clock, "now">): HomesSessions {
  const live = async (passkey: string): Promise<readonly StoredHomesSession[]> =>
    (await store.listHomesSessions(passkey)).filter(({ expiresAt }) => clock.now() < expiresAt);

  const sessions: HomesSessions = {
    async begin({ id: passkey, keyDigest }, source, agent) {
      for (const { id } of (await store.listHomesSessions(passkey)).slice(mostOfPasskey - 1)) {
        await store.removeHomesSession(id);
      }
      const token = randomBytes(32).toString("base64url");
      const now = clock.now();
      const times = { begunAt: now, seenAt: now, expiresAt: now + lifeMs };
      const told = { source, agent: agent.slice(0, longestAgent) };
      await store.addHomesSession({ id: idOf(token), passkey, keyDigest, ...times, ...told });
      return token;
    },
    async find(token) {
      const found = form.test(token) ? await store.findHomesSession(idOf(token)) : undefined;
      if (found === undefined || clock.now() >= found.expiresAt) return undefined;
      if (clock.now() - found.seenAt >= touchMs) await store.touchHomesSession(found.id, clock.now());
      return { id: found.passkey, keyDigest: found.keyDigest };
    },
    async leave(token) {
      if (form.test(token)) await store.removeHomesSession(idOf(token));
    },
    async list(number, user) {
      const lines: StoredHomesSession[] = [];
      for (const held of await store.listCredentials(number, user)) {
        if (held.kind !== "passkey") continue;
        lines.push(...(await live(held.id)).filter(({ keyDigest }) => keyDigest === keyDigestOf(held)));
      }
      return lines.sort((a, b) => b.seenAt - a.seenAt);
    },
    async end(number, user, id) {
      const isOwn = (await sessions.list(number, user)).some((one) => one.id === id);
      if (isOwn) await store.removeHomesSession(id);
      return isOwn;
    },
  };
  return sessions;
}

export const keyDigestOf = (credential: Credential): string =>
  createHash("sha256").update(factOf(credential, "publicKey")).digest("base64url");

const idOf = (token: string): string => hash("sha256", token, "hex");
