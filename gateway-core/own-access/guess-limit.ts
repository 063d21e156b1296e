/** Slows down guessing at own management, by where it comes from and from all strangers together; a listed device counts for itself, so that nobody can lock the home out. */

import type { Clock } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";

/** Attempts before the first wait; then 1 s, doubled with each attempt, up to 15 minutes. */
const freeAttempts = 5;
const longestMs = 15 * 60_000;
/** Forgotten after a quiet hour. */
const quietMs = 60 * 60_000;
const mostRemembered = 1_000;
/** All strangers together: so many at once, then one each ten seconds. */
const burst = 50;
const refillMs = 10_000;

export interface GuessLimit {
  /** Counts an attempt before it is judged. @throws HomeError `too-many-attempts` with `retryAfter` in seconds. */
  attempt(source: string, device: string | undefined): void;
  /** The attempt was good: the count begins anew. */
  forgive(source: string, device: string | undefined): void;
}

export function createGuessLimit(clock: Pick<Clock, "now">): GuessLimit {
  const remembered = new Map<string, { readonly count: number; readonly at: number; readonly openAt: number }>();
  let bucket = { level: 0, at: clock.now() };
  const keyOf = (source: string, device: string | undefined): string => device ?? networkOf(source);

  return {
    attempt(source, device) {
      const now = clock.now();
      const key = keyOf(source, device);
      const before = remembered.get(key);
      const past = before !== undefined && now - before.at < quietMs ? before : { count: 0, at: now, openAt: 0 };
      if (now < past.openAt) throw tooMany(past.openAt - now);
      if (device === undefined) {
        const level = Math.max(0, bucket.level - (now - bucket.at) / refillMs);
        if (level + 1 > burst) throw tooMany((level + 1 - burst) * refillMs);
        bucket = { level: level + 1, at: now };
      }
      const count = past.count + 1;
      const waitMs = count < freeAttempts ? 0 : Math.min(1_000 * 2 ** (count - freeAttempts), longestMs);
      remembered.delete(key);
      remembered.set(key, { count, at: now, openAt: now + waitMs });
      if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value ?? "");
    },
    forgive(source, device) {
      remembered.delete(keyOf(source, device));
      if (device === undefined) bucket = { ...bucket, level: Math.max(0, bucket.level - 1) };
    },
  };
}

/** An IPv6 source may take any address of its /64: the network counts. */
function networkOf(source: string): string {
  const plain = source.replace(/^::ffff:(?=\d+\.)/i, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail = ""] = plain.split("::");
  const [groups, after] = [head, tail].map((part) => (part === "" ? [] : part.split(":"))) as [string[], string[]];
  const zeros = plain.includes("::") ? Array<string>(Math.max(0, 8 - groups.length - after.length)).fill("0") : [];
  return [...groups, ...zeros, ...after].slice(0, 4).join(":");
}

function tooMany(waitMs: number): HomeError {
  const retryAfter = Math.ceil(waitMs / 1000);
  return new HomeError("too-many-attempts", `too many attempts; the next one in ${retryAfter} s`, { retryAfter });
}
