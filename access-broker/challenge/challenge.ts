/** The port to a challenge: a way in which a person or a program shows who they are at a home's origin (docs/interfaces.md, challenge). */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";

/** What a requirement may ask for. */
export type Method = "password" | "totp" | "key" | "passkey";

/**
 * What a session has shown: methods; `one-time`: the provider vouched for the person just now, by a password for one
 * login; `source`: nothing but where they come from.
 */
export type Assurance = Method | "one-time" | "source";

/** To whom a proof is given, and from where. */
export interface Claim {
  readonly number: AccessNumber;
  /** The home's origin as the client knows it, `https://<number>.<host>[:port]`. */
  readonly origin: string;
  /** The address that the connection comes from, or the number that an access network says who calls: `tel:+81312345678`. */
  readonly source: string;
  /** Who they say they are; a passkey tells by itself. */
  readonly user?: string;
  /** The device from which this person has logged in before, as its cookie shows (known-device.ts). */
  readonly device?: string;
}

export interface Proven {
  readonly user: string;
  readonly assurances: readonly Assurance[];
}

/** Told to the audit alone. */
export type RefusalReason =
  | "unknown"
  | "wrong-password"
  | "one-time-used"
  | "wrong-code"
  | "code-used"
  | "malformed"
  | "nonce-invalid"
  | "nonce-used"
  | "wrong-signature"
  | "wrong-origin"
  | "counter-stale"
  | "method-not-accepted"
  | "source-not-accepted"
  | "other-user"
  | "suspended";

/** Every implementation holds to test/laws/challenge.law.ts. */
export interface Challenge {
  /** What the client needs to prove itself: it tells nothing of whether the number or the user exists, and nothing of it is kept. */
  prepare(claim: Claim): Promise<JsonObject>;
  /**
   * Who it is, and how sure that is. One proof is good once.
   * @throws HomeError `login-refused`, the same for whatever was wrong, after the same work; its `cause` is the RefusalReason.
   */
  judge(claim: Claim, proof: JsonObject): Promise<Proven>;
}

export function refused(reason: RefusalReason): HomeError {
  return new HomeError("login-refused", "access number, user or proof is wrong", {}, reason);
}

/** A member of a proof, which came from outside. @throws HomeError `login-refused` */
export function textIn(proof: JsonObject, member: string, longest: number): string {
  const value = proof[member];
  if (typeof value === "string" && value.length <= longest) return value;
  throw refused("malformed");
}
