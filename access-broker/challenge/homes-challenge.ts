/** At the bare host a passkey tells which homes are its person's: the same passkey is known at each of them. It opens none. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import { refused } from "./challenge.ts";
import { type Credential, type CredentialStore, factOf } from "./credentials.ts";
import type { LockOut } from "./lock-out.ts";
import type { Nonces } from "./nonces.ts";
import { type VerifyAssertion, verifyAssertion } from "./passkey.ts";
import { readAssertion, requestOptions } from "./passkey-challenge.ts";
import { isBarred, type StandingStore } from "./standing.ts";

const purpose = "passkey homes";
/** Of one credential id: whoever makes up an id that somebody has already brings a key of their own. */
const mostKeys = 4;

export interface OwnHome {
  readonly number: AccessNumber;
  readonly user: string;
  readonly role: "owner" | "guest";
}

export interface HomesChallengeOptions {
  readonly store: Pick<CredentialStore, "listCredentialsAnywhere" | "advanceCredential"> & StandingStore;
  readonly nonces: Nonces;
  readonly now: () => number;
  readonly rpId: string;
  readonly lockOut: LockOut;
  /** A test counts how often. */
  readonly verify?: VerifyAssertion;
}

export function createHomesChallenge({
  store,
  nonces,
  now,
  rpId,
  lockOut,
  verify = verifyAssertion,
}: HomesChallengeOptions) {
  return {
    /** `{get}`: what a browser is asked. */
    prepare: (origin: string): JsonObject => ({ get: requestOptions(nonces.make(purpose, [origin]).nonce, rpId) }),

    /**
     * The homes at which this very passkey lets somebody in.
     * @throws HomeError `login-refused`, `too-many-attempts`
     */
    async homesOf(origin: string, source: string, response: Json | undefined): Promise<readonly OwnHome[]> {
      lockOut.attempt("homes", source);
      const assertion = readAssertion(response);
      const found = await store.listCredentialsAnywhere("passkey", assertion.id);
      const keys = [...new Set(found.map((one) => factOf(one, "publicKey")))].slice(0, mostKeys);
      const own: Credential[] = [];
      let reached = 0;
      for (const key of keys) {
        const { isRight, counter } = await verify(assertion, key, origin, rpId);
        if (!isRight) continue;
        reached = counter;
        own.push(...found.filter((one) => factOf(one, "publicKey") === key));
      }
      const [first] = own;
      if (first === undefined) throw refused(found.length === 0 ? "unknown" : "wrong-signature");
      if (!nonces.isGood(assertion.nonce, purpose, [origin])) throw refused("nonce-invalid");
      if (!nonces.spend(assertion.nonce)) throw refused("nonce-used");
      if (!(await store.advanceCredential(first, reached, now()))) throw refused("counter-stale");
      lockOut.forgive("homes", source);
      const homes: OwnHome[] = [];
      for (const { number, user } of own) {
        const standing = await store.findStanding(number, user);
        if (standing !== undefined && !isBarred(standing)) homes.push({ number, user, role: standing.role });
      }
      return homes;
    },
  };
}
