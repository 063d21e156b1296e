/**
 * Slows down guessing, by access number and source together: whoever guesses from elsewhere locks out only himself, and
 * nobody can lock a home out.
 */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

/** Attempts before the first wait; then 1 s, doubled with each attempt, up to 15 minutes. */
const freeAttempts = 5;
const longestMs = 15 * 60_000;
/** Forgotten after a quiet hour. */
const quietMs = 60 * 60_000;
const mostRemembered = 50_000;

interface Attempts {
  readonly count: number;
  readonly at: number;
  readonly openAt: number;
}

export interface LockOut {
  /**
   * Counts an attempt before it is judged, so that many at once are many.
   * @throws HomeError `too-many-attempts` with `retryAfter` in seconds.
   */
  attempt(subject: string, source: string): void;
  /** The attempt was good: the count begins anew. */
  forgive(subject: string, source: string): void;
}

export function createLockOut(clock: Clock): LockOut {
  /** In the order of their last attempt: the oldest is the first to be forgotten. */
  const remembered = new Map<string, Attempts>();
  const keyOf = (subject: string, source: string): string => `${subject} ${networkOf(source)}`;

  return {
    attempt(subject, source) {
      const key = keyOf(subject, source);
      const now = clock.now();
      const before = remembered.get(key);
      const known = before !== undefined && now - before.at < quietMs ? before : { count: 0, at: now, openAt: 0 };
      if (now < known.openAt) {
        const retryAfter = Math.ceil((known.openAt - now) / 1000);
        throw new HomeError("too-many-attempts", `too many attempts; the next one in ${retryAfter} s`, { retryAfter });
      }
      const count = known.count + 1;
      const waitMs = count < freeAttempts ? 0 : Math.min(1_000 * 2 ** (count - freeAttempts), longestMs);
      remembered.delete(key);
      remembered.set(key, { count, at: now, openAt: now + waitMs });
      if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value ?? "");
    },
    forgive(subject, source) {
      remembered.delete(keyOf(subject, source));
    },
  };
}

/** An IPv6 source may take any address of its /64: the network counts. */
function networkOf(source: string): string {
  const plain = source.startsWith("::ffff:") ? source.slice("::ffff:".length) : source;
  if (!plain.includes(":")) return plain;
  const [head = "", tail = ""] = plain.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = plain.includes("::") ? Array<string>(Math.max(0, 8 - groups.length - after.length)).fill("0") : [];
  return [...groups, ...zeros, ...after].slice(0, 4).join(":");
}
