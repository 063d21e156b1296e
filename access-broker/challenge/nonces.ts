/**
 * Nonces that are good once, for one purpose, for two minutes unless told otherwise. They are signed, not stored: only those that were used are
 * remembered, so that asking for many costs no memory and pushes nobody's out.
 */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

const shortMs = 2 * 60_000;
const mostSpent = 50_000;
const form = /^[A-Za-z0-9_-]{22}\.[0-9a-z]{6,10}\.[A-Za-z0-9_-]{43}$/;

export interface Nonces {
  /** A nonce bound to a purpose and what belongs to it, such as number and user. */
  make(
    purpose: string,
    bound: readonly string[],
    lifeMs?: number,
  ): { readonly nonce: string; readonly expiresAt: number };
  /** Whether it was made here, for this, and is still in time. */
  isGood(nonce: string, purpose: string, bound: readonly string[]): boolean;
  /**
   * Uses it up, at once; false when it was used before. Only for nonces that are good and whose proof is right.
   * @throws HomeError `too-many-attempts` when more are in use than may be remembered.
   */
  spend(nonce: string): boolean;
  /** How many used ones are remembered. */
  readonly remembered: number;
}

export function createNonces(clock: Pick<Clock, "now">): Nonces {
  const key = randomBytes(32);
  /** In the order of use: what is at the front expires first, or at most a nonce's life later. */
  const spent = new Map<string, number>();

  const signatureOf = (random: string, expiry: string, purpose: string, bound: readonly string[]): string =>
    createHmac("sha256", key)
      .update(JSON.stringify([random, expiry, purpose, ...bound]))
      .digest("base64url");
  const expiryOf = (nonce: string): number => Number.parseInt(nonce.split(".")[1] ?? "", 36);

  return {
    make(purpose, bound, lifeMs = shortMs) {
      const expiresAt = clock.now() + lifeMs;
      const [random, expiry] = [randomBytes(16).toString("base64url"), expiresAt.toString(36)];
      return { nonce: `${random}.${expiry}.${signatureOf(random, expiry, purpose, bound)}`, expiresAt };
    },
    isGood(nonce, purpose, bound) {
      if (!form.test(nonce) || clock.now() >= expiryOf(nonce)) return false;
      const [random = "", expiry = "", told = ""] = nonce.split(".");
      return timingSafeEqual(Buffer.from(told), Buffer.from(signatureOf(random, expiry, purpose, bound)));
    },
    spend(nonce) {
      const now = clock.now();
      for (const [old, expiresAt] of spent) {
        if (now < expiresAt) break;
        spent.delete(old);
      }
      if (spent.has(nonce)) return false;
      if (spent.size >= mostSpent) {
        throw new HomeError("too-many-attempts", "too many people log in at this moment", { retryAfter: 10 });
      }
      spent.set(nonce, expiryOf(nonce));
      return true;
    },
    get remembered() {
      return spent.size;
    },
  };
}
