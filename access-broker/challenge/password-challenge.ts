/** The password challenge: a name and a password at a home's origin. Whatever was wrong, the answer and its time are the same. */

import { randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { LockOut } from "./lock-out.ts";
import type { PasswordHasher } from "./password-hash.ts";
import { assertSuitablePassword } from "./password-rules.ts";

type PasswordState = "password" | "one-time" | "one-time-used";

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

/** Told to the audit alone. */
export type RefusalReason = "unknown" | "wrong-password" | "one-time-used";

export interface PasswordChallenge {
  /**
   * Resolves when the person is who they say.
   * @throws HomeError `login-refused` (its `cause` is the RefusalReason), `too-many-attempts`.
   */
  judge(number: AccessNumber, user: string, password: string, source: string): Promise<void>;
  /**
   * Sets another password; the user's sessions end. `current` may be left out only after a one-time password.
   * @throws HomeError `password-unsuitable`, `login-refused`, `too-many-attempts`.
   */
  change(
    who: { readonly number: AccessNumber; readonly user: string; readonly source: string },
    current: string | undefined,
    next: string,
  ): Promise<void>;
}

export async function createPasswordChallenge(
  store: PasswordStore,
  hasher: PasswordHasher,
  lockOut: LockOut,
): Promise<PasswordChallenge> {
  /** Verified against when there is no such user, so that it takes as long. */
  const decoy = await hasher.hash(randomBytes(16).toString("hex"));

  async function verify(number: AccessNumber, user: string, password: string, source: string): Promise<User> {
    lockOut.attempt(number, source);
    const found = await store.findUser(number, user);
    const isRight = await hasher.verify(password, found?.passwordHash ?? decoy);
    if (found === undefined) throw refused("unknown");
    if (!isRight) throw refused("wrong-password");
    return found;
  }

  return {
    async judge(number, user, password, source) {
      const { state } = await verify(number, user, password, source);
      const isSpent = state === "one-time" && !(await store.spendOneTimePassword(number, user));
      if (isSpent || state === "one-time-used") throw refused("one-time-used");
      lockOut.forgive(number, source);
    },

    async change({ number, user, source }, current, next) {
      assertSuitablePassword(next, user, number);
      const known = await store.findUser(number, user);
      if (known?.state === "password" || current !== undefined) {
        await verify(number, user, current ?? "", source);
        lockOut.forgive(number, source);
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

function refused(reason: RefusalReason): HomeError {
  return new HomeError("login-refused", "access number, user or password is wrong", {}, reason);
}
