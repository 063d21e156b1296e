/**
 * A program that shows an app password with every request (RFC 7617), such as a browser at the outbound proxy: what was
 * judged once is not judged anew for some minutes, but what it opens is asked each time.
 */

import { createHmac, randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { Identify } from "./caller.ts";
import { type ProxyCredentials, readCredentials } from "./proxy-credentials.ts";
import { fieldOf } from "./proxy-headers.ts";

const knownMs = 10 * 60_000;
const mostKnown = 10_000;

/** App passwords, as the challenges judge them. */
export interface Programs {
  /** @throws HomeError `login-refused` (its `cause` tells the audit why), `too-many-attempts` */
  judge(claim: {
    readonly number: AccessNumber;
    readonly user: string;
    readonly source: string;
    readonly password: string;
  }): Promise<{ readonly credential: string; readonly rights: Rights }>;
  /** What the credential opens now, from there. */
  rightsNow(number: AccessNumber, user: string, credential: string, source: string): Promise<Rights>;
}
type Rights = "all" | "view" | "none";

export interface ProgramLoginOptions {
  readonly clock: Pick<Clock, "now">;
  readonly programs: Programs;
  readonly audit: (event: string, number: AccessNumber, user: string, source: string, facts: JsonObject) => void;
}

export function createProgramLogin({ clock, programs, audit }: ProgramLoginOptions): Identify {
  const key = randomBytes(32);
  const known = new Map<string, { readonly credential: string; readonly until: number }>();
  /** A browser asks many times at once: the same password from the same place is judged once. */
  const judging = new Map<string, Promise<string>>();

  async function judge(mark: string, shown: ProxyCredentials, source: string): Promise<string> {
    const { credential, rights } = await programs.judge({ ...shown, source });
    if (rights !== "all") throw new HomeError("login-refused", "the home asks for more", {}, "method-not-accepted");
    known.set(mark, { credential, until: clock.now() + knownMs });
    if (known.size > mostKnown) known.delete(known.keys().next().value ?? "");
    return credential;
  }

  async function credentialOf(shown: ProxyCredentials, source: string): Promise<string> {
    const { number, user, password } = shown;
    const mark = createHmac("sha256", key)
      .update(JSON.stringify([number, user, password, source]))
      .digest("base64");
    const before = known.get(mark);
    const isKnown = before !== undefined && clock.now() < before.until;
    if (isKnown && (await programs.rightsNow(number, user, before.credential, source)) === "all") {
      return before.credential;
    }
    known.delete(mark);
    const work = judging.get(mark) ?? judge(mark, shown, source).finally(() => judging.delete(mark));
    judging.set(mark, work);
    return work;
  }

  return async ({ rawHeaders, socket: { remoteAddress: source = "" } }) => {
    const shown = readCredentials(fieldOf(rawHeaders, "proxy-authorization"));
    if (shown === undefined) throw loginRequired();
    const { number, user } = shown;
    try {
      const credential = await credentialOf(shown, source);
      const mayStill = async () => (await programs.rightsNow(number, user, credential, source)) === "all";
      return { number, user, source, mark: `${number} ${user} ${credential} ${source}`, mayStill };
    } catch (thrown) {
      const { code, cause } = toHomeError(thrown);
      const reason = typeof cause === "string" ? cause : code;
      audit("login-refused", number, user.slice(0, 64), source, { reason, door: "proxy" });
      throw code === "login-refused" ? loginRequired() : thrown;
    }
  };
}

/** The same whatever was wrong, or missing. */
const loginRequired = (): HomeError =>
  new HomeError("proxy-login-required", "access number, user and app password of a program are needed");
