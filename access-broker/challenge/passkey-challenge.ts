/** The passkey challenge (Web Authentication Level 3): one touch, no name typed, the person verified by their own device. */

import { generateKeyPairSync } from "node:crypto";
import { type Challenge, type Claim, refused } from "./challenge.ts";
import { type CredentialStore, factOf } from "./credentials.ts";
import type { Nonces } from "./nonces.ts";
import { type Assertion, parseAssertion, type VerifyAssertion, verifyAssertion } from "./passkey.ts";

const purpose = "passkey login";
const timeoutMs = 2 * 60_000;

export interface PasskeyChallengeOptions {
  readonly store: Pick<CredentialStore, "findCredential" | "advanceCredential">;
  readonly nonces: Nonces;
  readonly now: () => number;
  /** The provider's host: one passkey is known at all homes below it, and registered at each by itself. */
  readonly rpId: string;
  /** A test counts how often. */
  readonly verify?: VerifyAssertion;
}

/** What a browser is asked for an assertion: PublicKeyCredentialRequestOptionsJSON. */
export const requestOptions = (nonce: string, rpId: string) => ({
  challenge: Buffer.from(nonce).toString("base64url"),
  rpId,
  timeout: timeoutMs,
  userVerification: "required",
  allowCredentials: [],
});

/** `prepare` gives `{get}`, what a browser is asked; the proof is `{response}`, an AuthenticationResponseJSON. The user is whose passkey it is. */
export function createPasskeyChallenge(options: PasskeyChallengeOptions): Challenge {
  const { store, nonces, now, rpId, verify = verifyAssertion } = options;
  const boundTo = ({ number, origin }: Claim) => [number, origin];
  /** Verified against when there is no such passkey, so that it takes as long. */
  const decoy = decoyKey();
  return {
    async prepare(claim) {
      return { get: requestOptions(nonces.make(purpose, boundTo(claim)).nonce, rpId) };
    },
    async judge(claim, proof) {
      const assertion = readAssertion(proof["response"]);
      const known = await store.findCredential(claim.number, "passkey", assertion.id);
      const isOurs = nonces.isGood(assertion.nonce, purpose, boundTo(claim));
      const publicKey = known === undefined ? decoy : factOf(known, "publicKey");
      const { isRight, counter } = await verify(assertion, publicKey, claim.origin, rpId);
      if (known === undefined) throw refused("unknown");
      if (!isOurs) throw refused("nonce-invalid");
      if (!isRight) throw refused("wrong-signature");
      if (!nonces.spend(assertion.nonce)) throw refused("nonce-used");
      // A counter that does not grow is a copied authenticator's; who keeps none stays at 0.
      if (!(await store.advanceCredential(known, counter, now()))) throw refused("counter-stale");
      return { user: known.user, assurances: ["passkey"] };
    },
  };
}

/** As a browser sent it. @throws HomeError `login-refused` */
export function readAssertion(response: Parameters<typeof parseAssertion>[0]): Assertion {
  try {
    return parseAssertion(response);
  } catch {
    throw refused("malformed");
  }
}

/** An ES256 key in COSE form (RFC 9053 §7.1.1), whose private half is forgotten. */
function decoyKey(): string {
  const { x = "", y = "" } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  const coordinates = [x, y].map((one) => Buffer.from(one, "base64url"));
  const [head, middle] = [Buffer.from("a5010203262001215820", "hex"), Buffer.from("225820", "hex")];
  return Buffer.concat([head, ...coordinates.slice(0, 1), middle, ...coordinates.slice(1)]).toString("base64url");
}
