/** Sessions: what a person holds after a challenge was passed, bound to one home. The store outlives the process, so a session does too. */

import { createHash, randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";

const idleMs = 7 * 24 * 60 * 60_000;
const absoluteMs = 30 * 24 * 60 * 60_000;
/** How often `seenAt` is written down. */
const touchMs = 60_000;

interface StoredSession {
  readonly id: string;
  readonly number: AccessNumber;
  readonly user: string;
  readonly seenAt: number;
  readonly expiresAt: number;
}

/** What this room asks of the store. */
export interface SessionStore {
  addSession(session: StoredSession): Promise<void>;
  findSession(id: string): Promise<(StoredSession & { readonly state: string }) | undefined>;
  touchSession(id: string, seenAt: number): Promise<void>;
  removeSession(id: string): Promise<void>;
}

export interface Session {
  readonly id: string;
  readonly number: AccessNumber;
  readonly user: string;
  /** A one-time password was used: nothing else is open until another is set. */
  readonly mustChangePassword: boolean;
}

export interface Sessions {
  /** A new session; the token is told once and only its hash is kept. */
  begin(number: AccessNumber, user: string): Promise<string>;
  /** The session that this token stands for at this home; undefined when there is none or it belongs to another home. */
  find(token: string, number: AccessNumber): Promise<Session | undefined>;
  /** Whether a session is still one: for requests that stay open. */
  isLive(id: string): Promise<boolean>;
  end(id: string): Promise<void>;
}

export function createSessions(store: SessionStore, clock: Clock): Sessions {
  const live = async (id: string) => {
    const found = await store.findSession(id);
    if (found === undefined) return undefined;
    const now = clock.now();
    if (now < found.expiresAt && now < found.seenAt + idleMs) return found;
    await store.removeSession(id);
    return undefined;
  };

  return {
    async begin(number, user) {
      const token = randomBytes(32).toString("base64url");
      const seenAt = clock.now();
      await store.addSession({ id: idOf(token), number, user, seenAt, expiresAt: seenAt + absoluteMs });
      return token;
    },
    async find(token, number) {
      const found = await live(idOf(token));
      if (found === undefined || found.number !== number) return undefined;
      if (clock.now() - found.seenAt >= touchMs) await store.touchSession(found.id, clock.now());
      return { id: found.id, number, user: found.user, mustChangePassword: found.state !== "password" };
    },
    isLive: async (id) => (await live(id)) !== undefined,
    end: (id) => store.removeSession(id),
  };
}

const idOf = (token: string): string => createHash("sha256").update(token).digest("hex");
