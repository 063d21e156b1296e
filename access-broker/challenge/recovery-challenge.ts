/** Recovery codes: ten that stand in for an authenticator app, each good once, kept as hashes. */

import { createHash, randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { type Challenge, refused, textIn } from "./challenge.ts";
import type { CredentialStore } from "./credentials.ts";

const codesAtOnce = 10;
/** 80 bits each: nobody finds one by trying, so that a plain hash is enough. */
const codeOctets = 10;
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/** Ten fresh codes, such as `k3xm-9pqr-…`. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: codesAtOnce }, () => newCode(codeOctets));
}

/** So many random octets, a multiple of 5, as letters that a person can type. */
export function newCode(octets: number): string {
  const bits = BigInt(`0x${randomBytes(octets).toString("hex")}`);
  const length = (octets * 8) / 5;
  const letters = Array.from({ length }, (_, at) => alphabet[Number((bits >> BigInt(5 * at)) & 31n)] ?? "");
  return letters.join("").replace(/(.{4})(?=.)/g, "$1-");
}

/** The id of a code in the store, whatever spaces and dashes it was typed with. */
export function recoveryIdOf(number: AccessNumber, user: string, code: string): string {
  const tidy = code
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  return createHash("sha256")
    .update(JSON.stringify([number, user, tidy]))
    .digest("hex");
}

/** The proof: `{code}`, of the claim's user. It counts as the code of an authenticator app. */
export function createRecoveryChallenge(
  store: Pick<CredentialStore, "removeCredential">,
  idOf: typeof recoveryIdOf = recoveryIdOf,
): Challenge {
  return {
    prepare: async () => ({}),
    async judge({ number, user = "" }, proof) {
      const id = idOf(number, user, textIn(proof, "code", 64));
      if (!(await store.removeCredential(number, user, "recovery", id))) throw refused("wrong-code");
      return { user, assurances: ["totp"] };
    },
  };
}
