/**
 * A program that shows a name and a password with every request, such as a browser at the outbound proxy: good where the
 * home's requirement is met by a password alone, from there. What was proven once is not proven anew while nothing changed.
 */

import { createHmac, randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { type Claim, refused } from "./challenge.ts";
import type { Login } from "./login.ts";
import { type Requirement, rightsOf } from "./requirement.ts";

const provenMs = 10 * 60_000;
const mostProven = 10_000;

export interface AppLoginOptions {
  readonly login: Pick<Login, "prove">;
  readonly findUser: (
    number: AccessNumber,
    user: string,
  ) => Promise<{ readonly passwordHash: string; readonly state: string } | undefined>;
  readonly requirementOf: (number: AccessNumber) => Promise<Requirement>;
  readonly hasTotp: (number: AccessNumber, user: string) => Promise<boolean>;
  readonly clock: Pick<Clock, "now">;
}

/** @throws from what it returns: HomeError `login-refused` (its `cause` is the RefusalReason), `too-many-attempts` */
export function createAppLogin({ login, findUser, requirementOf, hasTotp, clock }: AppLoginOptions) {
  const key = randomBytes(32);
  const proven = new Map<string, { readonly passwordHash: string; readonly until: number }>();
  /** A browser asks many times at once: the same proof from the same place is judged once. */
  const judging = new Map<string, Promise<void>>();

  const isEnough = async (number: AccessNumber, user: string, source: string): Promise<boolean> => {
    const shown = { assurances: ["password"], source, hasTotp: await hasTotp(number, user) } as const;
    return rightsOf(await requirementOf(number), shown) === "all";
  };

  async function judge(mark: string, number: AccessNumber, user: string, password: string, source: string) {
    const found = await findUser(number, user);
    // A password for one login is not spent here: it meets a user that nobody is, after the same work.
    const isOneTime = found !== undefined && found.state !== "password";
    const claim: Claim = { number, user: isOneTime ? "" : user, source, origin: "" };
    await login.prove(claim, undefined, [{ kind: "password", proof: { password } }]);
    if (found === undefined || !(await isEnough(number, user, source))) throw refused("method-not-accepted");
    proven.set(mark, { passwordHash: found.passwordHash, until: clock.now() + provenMs });
    if (proven.size > mostProven) proven.delete(proven.keys().next().value ?? "");
  }

  return async (number: AccessNumber, user: string, password: string, source: string): Promise<void> => {
    const mark = createHmac("sha256", key)
      .update(JSON.stringify([number, user, password, source]))
      .digest("base64");
    const before = proven.get(mark);
    if (before !== undefined && clock.now() < before.until) {
      const found = await findUser(number, user);
      const isSame = found?.state === "password" && found.passwordHash === before.passwordHash;
      if (isSame && (await isEnough(number, user, source))) return;
    }
    proven.delete(mark);
    const work = judging.get(mark) ?? judge(mark, number, user, password, source).finally(() => judging.delete(mark));
    judging.set(mark, work);
    await work;
  };
}
