/** At the bare host a passkey tells which homes are its person's: the same passkey is known at each of them. It opens none. */

import { type AccessNumber, providerDesk } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import { refused } from "./challenge.ts";
import { type Credential, type CredentialStore, factOf } from "./credentials.ts";
import { type HomesSessions, keyDigestOf } from "./homes-sessions.ts";
import type { LockOut } from "./lock-out.ts";
import type { Nonces } from "./nonces.ts";
import { type VerifyAssertion, verifyAssertion } from "./passkey.ts";
import { readAssertion, requestOptions } from "./passkey-challenge.ts";
import { type Requirement, rightsOf } from "./requirement.ts";
import { type Access, accessOf, isBarred, type StandingStore } from "./standing.ts";

const purpose = "passkey homes";
/** Of one credential id: whoever makes up an id that somebody has already brings a key of their own. */
const mostKeys = 4;

export interface OwnHome {
  readonly number: AccessNumber;
  readonly user: string;
  readonly role: "owner" | "guest";
  /** What this passkey by itself would open there now, from where the person asks by a browser. */
  readonly access: Access;
}

export interface HomesChallengeOptions {
  readonly store: Pick<CredentialStore, "listCredentialsAnywhere" | "advanceCredential"> & StandingStore;
  readonly requirementOf: (number: AccessNumber) => Promise<Requirement>;
  readonly nonces: Nonces;
  readonly clock: Pick<Clock, "now">;
  readonly rpId: string;
  readonly lockOut: LockOut;
  readonly sessions: Pick<HomesSessions, "begin" | "find" | "leave">;
  /** A test counts how often. */
  readonly verify?: VerifyAssertion;
}

export function createHomesChallenge(options: HomesChallengeOptions) {
  const { store, requirementOf, nonces, clock, rpId, lockOut, sessions, verify = verifyAssertion } = options;

  async function homesOf(own: readonly Credential[], source: string): Promise<readonly OwnHome[]> {
    const homes: OwnHome[] = [];
    for (const { number, user } of own) {
      // The same passkey may open the provider's desk: that is no home.
      if (number === providerDesk) continue;
      const standing = await store.findStanding(number, user);
      if (standing === undefined || isBarred(standing)) continue;
      const { role, grant, home } = standing;
      const shown = { assurances: ["passkey"], source, hasTotp: false } as const;
      const rights = home.methods.includes("https") ? rightsOf(await requirementOf(number), shown) : "none";
      homes.push({ number, user, role, access: accessOf(grant, rights, clock.now()) });
    }
    return homes.sort((a, b) => (a.number < b.number ? -1 : 1));
  }

  return {
    /** `{get}`: what a browser is asked. */
    prepare: (origin: string): JsonObject => ({ get: requestOptions(nonces.make(purpose, [origin]).nonce, rpId) }),

    /**
     * The homes at which this very passkey lets somebody in, and a session that shows them again, for who wants it.
     * @throws HomeError `login-refused`, `too-many-attempts`
     */
    async touch(
      origin: string,
      source: string,
      response: Json | undefined,
    ): Promise<{ readonly homes: readonly OwnHome[]; readonly begin: (agent: string) => Promise<string> }> {
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
      if (!(await store.advanceCredential(first, reached, clock.now()))) throw refused("counter-stale");
      lockOut.forgive("homes", source);
      const passkey = { id: assertion.id, keyDigest: keyDigestOf(first) };
      const begin = (agent: string): Promise<string> => sessions.begin(passkey, source, agent);
      return { homes: await homesOf(own, source), begin };
    },

    /** The homes that the token's passkey opens today; undefined for a token that is none. */
    async shownBy(token: string, source: string): Promise<readonly OwnHome[] | undefined> {
      const passkey = await sessions.find(token);
      if (passkey === undefined) return undefined;
      const found = await store.listCredentialsAnywhere("passkey", passkey.id);
      const own = found.filter((one) => keyDigestOf(one) === passkey.keyDigest);
      return homesOf(own, source);
    },

    /** The token shows nothing any more. */
    leave: (token: string): Promise<void> => sessions.leave(token),
  };
}
