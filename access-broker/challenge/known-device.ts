/** A signed token that says: from this device this person has logged in before. It opens nothing; a guesser's noise does not slow it. */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";

const lifeMs = 180 * 24 * 60 * 60_000;
const form = /^[A-Za-z0-9_-]{22,512}\.[A-Za-z0-9_-]{43}$/;

export interface KnownDevices {
  /** A token for who has just logged in. */
  remember(number: AccessNumber, user: string): string;
  /** The device that the token names, of this person at this home; of any person there when nobody is named yet. */
  find(token: string | undefined, number: AccessNumber, user: string | undefined): string | undefined;
}

/** `secret`: the broker's own, the same after a restart. */
export function createKnownDevices(secret: string, clock: Pick<Clock, "now">): KnownDevices {
  const sign = (payload: string): string => createHmac("sha256", secret).update(payload).digest("base64url");
  return {
    remember(number, user) {
      const told = [number, user, randomBytes(12).toString("base64url"), clock.now() + lifeMs];
      const payload = Buffer.from(JSON.stringify(told)).toString("base64url");
      return `${payload}.${sign(payload)}`;
    },
    find(token, number, user) {
      if (token === undefined || !form.test(token)) return undefined;
      const [payload = "", told = ""] = token.split(".");
      if (!timingSafeEqual(Buffer.from(told), Buffer.from(sign(payload)))) return undefined;
      const [home, person, device, until] = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
      if (home !== number || (user !== undefined && person !== user) || clock.now() >= until) return undefined;
      return device;
    },
  };
}
