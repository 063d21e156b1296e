/** Sessions of own management: in memory only, ended by time, by their person, and by whoever takes the person or the device away. */

import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../contract/clock.ts";

export interface OwnSession {
  /** Opaque; never the token itself. */
  readonly id: string;
  readonly name: string;
  /** The id of the device whose key opened it. */
  readonly device: string | undefined;
}

export interface OwnSessions {
  /** Returns the token, which is told once. */
  open(name: string, device: string | undefined): string;
  find(token: string): OwnSession | undefined;
  isOpen(id: string): boolean;
  /** Ends those that match. */
  end(isMeant: (session: OwnSession) => boolean): void;
  /** Told when a session has ended: what it looks at is cut. Returns how to stop listening. */
  onEnd(listener: (session: OwnSession) => void): () => void;
}

const idleMs = 24 * 60 * 60_000;
const longestMs = 7 * 24 * 60 * 60_000;
const most = 256;

export function createOwnSessions(clock: Pick<Clock, "now">): OwnSessions {
  const sessions = new Map<string, OwnSession & { readonly begunAt: number; seenAt: number }>();
  const listeners = new Set<(session: OwnSession) => void>();
  const drop = (id: string): void => {
    const session = sessions.get(id);
    if (session === undefined) return;
    sessions.delete(id);
    for (const listener of listeners) listener(session);
  };
  return {
    open(name, device) {
      const token = randomBytes(32).toString("base64url");
      const now = clock.now();
      sessions.set(idOf(token), { id: idOf(token), name, device, begunAt: now, seenAt: now });
      if (sessions.size > most) drop(sessions.keys().next().value ?? "");
      return token;
    },
    find(token) {
      const session = sessions.get(idOf(token));
      if (session === undefined) return undefined;
      const now = clock.now();
      if (now - session.seenAt >= idleMs || now - session.begunAt >= longestMs) {
        drop(session.id);
        return undefined;
      }
      session.seenAt = now;
      return session;
    },
    isOpen: (id) => sessions.has(id),
    end(isMeant) {
      for (const session of [...sessions.values()]) if (isMeant(session)) drop(session.id);
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

const idOf = (token: string): string => createHash("sha256").update(token).digest("base64url");
