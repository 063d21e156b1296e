/** The operator's password: kept as an argon2id hash beside the store, set from the command line, judged at the operator's listener. */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Host } from "../gateway-core/contract/clock.ts";
import { isJsonObject } from "../gateway-core/contract/json.ts";
import { createLockOut } from "./challenge/lock-out.ts";
import { createPasswordHasher } from "./challenge/password-hash.ts";
import { assertSuitablePassword } from "./challenge/password-rules.ts";

const name = "operator";

/** Holds at once, for a running broker too. @throws HomeError `password-unsuitable` */
export async function setOperatorPassword({
  host,
  password,
}: {
  readonly host: Pick<Host, "memory">;
  readonly password: string;
}): Promise<void> {
  assertSuitablePassword(password, name, name);
  host.memory.write(name, { v: 1, passwordHash: await createPasswordHasher().hash(password) });
}

export interface OperatorJudge {
  /** Undefined: no password is set. @throws HomeError `too-many-attempts` */
  judge(password: string, source: string): Promise<boolean | undefined>;
  /** Another one after each start and for each password. */
  formToken(): string;
}

export function createOperatorJudge({ clock, memory }: Pick<Host, "clock" | "memory">): OperatorJudge {
  const [hasher, lockOut, key] = [createPasswordHasher(), createLockOut(clock), randomBytes(32)];
  /** A browser sends the password with each request: what was right is not worked out anew while the hash is the same. */
  let right: { readonly hash: string; readonly mark: Buffer } | undefined;
  const markOf = (password: string): Buffer => createHmac("sha256", key).update(password).digest();
  const hashNow = (): string | undefined => {
    const kept = memory.read(name);
    const hash = isJsonObject(kept) ? kept["passwordHash"] : undefined;
    return typeof hash === "string" ? hash : undefined;
  };

  return {
    async judge(password, source) {
      const hash = hashNow();
      if (hash === undefined) return undefined;
      if (password === "") return false;
      const mark = markOf(password);
      if (right?.hash === hash && timingSafeEqual(right.mark, mark)) return true;
      lockOut.attempt(name, source);
      if (!(await hasher.verify(password, hash))) return false;
      lockOut.forgive(name, source);
      right = { hash, mark };
      return true;
    },
    formToken: () => createHmac("sha256", key).update(`form ${hashNow()}`).digest("base64url"),
  };
}
