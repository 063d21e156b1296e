/** A signed token that says: this passkey was touched at the bare host. It shows which homes are its person's and opens none of them. */

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../gateway-core/contract/clock.ts";

/** Of a session that shows the page of homes. */
export const homesTokenMs: number = 24 * 60 * 60_000;
/** The id of a passkey may be long (WebAuthn §4: 1023 octets). */
const form = /^[A-Za-z0-9_-]{22,2048}\.[A-Za-z0-9_-]{43}$/;

/** One passkey, by its id and the digest of its public key: an id alone anybody may claim. */
export interface TouchedPasskey {
  readonly id: string;
  readonly keyDigest: string;
}

export interface HomesTokens {
  make(passkey: TouchedPasskey): string;
  /** Undefined for what was not made here, or is too old. */
  read(token: string): TouchedPasskey | undefined;
}

/** `secret`: the broker's own, the same after a restart. */
export function createHomesTokens(secret: string, clock: Pick<Clock, "now">): HomesTokens {
  const key = `homes ${secret}`;
  const sign = (payload: string): string => createHmac("sha256", key).update(payload).digest("base64url");
  return {
    make({ id, keyDigest }) {
      const payload = Buffer.from(JSON.stringify([id, keyDigest, clock.now() + homesTokenMs])).toString("base64url");
      return `${payload}.${sign(payload)}`;
    },
    read(token) {
      if (!form.test(token)) return undefined;
      const [payload = "", told = ""] = token.split(".");
      if (!timingSafeEqual(Buffer.from(told), Buffer.from(sign(payload)))) return undefined;
      const [id, keyDigest, until] = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
      return clock.now() < until ? { id, keyDigest } : undefined;
    },
  };
}
