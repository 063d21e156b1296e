/** The password challenge: a name and a password at a home's origin. Whatever was wrong, the answer and its time are the same. */

import { randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { type Challenge, type Claim, refused, textIn } from "./challenge.ts";
import type { LockOut } from "./lock-out.ts";
import type { PasswordHasher } from "./password-hash.ts";
import { assertSuitablePassword } from "./password-rules.ts";

type PasswordState = "password" | "one-time" | "one-time-used" | "none";

interface User {
  readonly number: AccessNumber;
  readonly user: string;
  readonly passwordHash: string;
  readonly state: PasswordState;
}

/** What this room asks of the store. */
export interface PasswordStore {
  findUser(number: AccessNumber, user: string): Promise<User | undefined>;
  putUser(user: User): Promise<void>;
  spendOneTimePassword(number: AccessNumber, user: string): Promise<boolean>;
}

const longest = 4096;

/** The proof: `{password}`, of the claim's user. */
export interface PasswordChallenge extends Challenge {
  /**
   * Sets another password; the user's sessions end. `current` may be left out only after a one-time password, and
   * where there is none yet.
   * @throws HomeError `password-unsuitable`, `login-refused`, `too-many-attempts`.
   */
  change(claim: Claim & { readonly user: string }, current: string | undefined, next: string): Promise<void>;
}

export async function createPasswordChallenge(
  store: PasswordStore,
  hasher: PasswordHasher,
  lockOut: LockOut,
): Promise<PasswordChallenge> {
  /** Verified against when there is no such user, so that it takes as long. */
  const decoy = await hasher.hash(randomBytes(16).toString("hex"));

  async function verify(number: AccessNumber, user: string, password: string): Promise<User> {
    const found = await store.findUser(number, user);
    const hash = found === undefined || found.state === "none" ? decoy : found.passwordHash;
    const isRight = await hasher.verify(password, hash);
    if (found === undefined) throw refused("unknown");
    if (!isRight) throw refused("wrong-password");
    return found;
  }

  return {
    prepare: async () => ({}),

    async judge({ number, user = "" }, proof) {
      const { state } = await verify(number, user, textIn(proof, "password", longest));
      if (state === "password") return { user, assurances: ["password"] };
      const isSpent = state === "one-time-used" || !(await store.spendOneTimePassword(number, user));
      if (isSpent) throw refused("one-time-used");
      return { user, assurances: ["password", "one-time"] };
    },

    async change({ number, user, source, device }, current, next) {
      assertSuitablePassword(next, user, number);
      const known = await store.findUser(number, user);
      if (known?.state === "password" || current !== undefined) {
        lockOut.attempt(number, source, device);
        await verify(number, user, current ?? "");
        lockOut.forgive(number, source, device);
      }
      if (known === undefined) throw refused("unknown");
      if (await hasher.verify(next, known.passwordHash)) {
        const reason = "same";
        throw new HomeError("password-unsuitable", "this password cannot be used: it is the one before", { reason });
      }
      await store.putUser({ number, user, passwordHash: await hasher.hash(next), state: "password" });
    },
  };
}
