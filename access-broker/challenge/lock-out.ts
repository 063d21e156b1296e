/**
 * Slows down guessing, by access number and source together: whoever guesses from elsewhere locks out only himself.
 * Guesses from many sources are slowed all together; who is known from before is not, so that nobody can lock a home out.
 */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

/** Attempts before the first wait; then 1 s, doubled with each attempt, up to 15 minutes. */
const freeAttempts = 5;
const longestMs = 15 * 60_000;
/** Forgotten after a quiet hour. */
const quietMs = 60 * 60_000;
const mostRemembered = 50_000;
/** How long a source from which a login was good is known, unless the process starts anew: then devices still are. */
const knownMs = 30 * 24 * 60 * 60_000;

interface Attempts {
  readonly count: number;
  readonly at: number;
  readonly openAt: number;
}

/** Attempts at one subject from unknown sources: `burst` at once, then one each `refillMs`. */
export interface Pace {
  readonly burst: number;
  readonly refillMs: number;
}

export interface LockOut {
  /**
   * Counts an attempt before it is judged, so that many at once are many. A known `device` counts for itself, wherever it is.
   * @throws HomeError `too-many-attempts` with `retryAfter` in seconds.
   */
  attempt(subject: string, source: string, device?: string): void;
  /** The attempt was good: the count begins anew, and the source is known from now on. */
  forgive(subject: string, source: string, device?: string): void;
}

export function createLockOut(clock: Pick<Clock, "now">, pace?: Pace): LockOut {
  /** In the order of their last attempt: the oldest is the first to be forgotten. */
  const remembered = new Map<string, Attempts>();
  /** When a login from there was good. */
  const known = new Map<string, number>();
  /** By subject: how full its bucket was, and when. */
  const buckets = new Map<string, { readonly level: number; readonly at: number }>();
  const keyOf = (subject: string, source: string, device: string | undefined): string =>
    device === undefined ? `${subject} ${networkOf(source)}` : `${subject} device ${device}`;

  const isKnown = (key: string, device: string | undefined): boolean =>
    device !== undefined || clock.now() - (known.get(key) ?? Number.NEGATIVE_INFINITY) < knownMs;
  const pour = (subject: string, { burst, refillMs }: Pace): void => {
    const now = clock.now();
    const before = buckets.get(subject) ?? { level: 0, at: now };
    const level = Math.max(0, before.level - (now - before.at) / refillMs);
    if (level + 1 > burst) {
      const retryAfter = Math.ceil(((level + 1 - burst) * refillMs) / 1000);
      throw new HomeError("too-many-attempts", `too many attempts from many places; the next one in ${retryAfter} s`, {
        retryAfter,
      });
    }
    put(buckets, subject, { level: level + 1, at: now });
  };

  return {
    attempt(subject, source, device) {
      const key = keyOf(subject, source, device);
      const now = clock.now();
      const before = remembered.get(key);
      const past = before !== undefined && now - before.at < quietMs ? before : { count: 0, at: now, openAt: 0 };
      if (now < past.openAt) {
        const retryAfter = Math.ceil((past.openAt - now) / 1000);
        throw new HomeError("too-many-attempts", `too many attempts; the next one in ${retryAfter} s`, { retryAfter });
      }
      if (pace !== undefined && !isKnown(key, device)) pour(subject, pace);
      const count = past.count + 1;
      const waitMs = count < freeAttempts ? 0 : Math.min(1_000 * 2 ** (count - freeAttempts), longestMs);
      put(remembered, key, { count, at: now, openAt: now + waitMs });
    },
    forgive(subject, source, device) {
      const key = keyOf(subject, source, device);
      const bucket = buckets.get(subject);
      // Who came for the first time and was right has guessed nothing.
      if (bucket !== undefined && !isKnown(key, device)) put(buckets, subject, { ...bucket, level: bucket.level - 1 });
      remembered.delete(key);
      put(known, key, clock.now());
    },
  };
}

/** As the newest; when there are too many, the oldest tenth makes room at once, as taking them one by one is slow. */
function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= mostRemembered) return;
  let surplus = mostRemembered / 10;
  for (const oldest of map.keys()) {
    if (surplus-- <= 0) break;
    map.delete(oldest);
  }
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
