/** The authenticator app: a code of six digits that changes each 30 seconds (RFC 6238), one step of drift either way, each step good once. */

import { generateSecret, generateURI, verifySync } from "otplib";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { type Challenge, refused, textIn } from "./challenge.ts";
import { type CredentialStore, factOf } from "./credentials.ts";

const stepSeconds = 30;

/** The time step that a code stands for at this moment, or undefined when it is wrong. */
export type MatchCode = (secret: string, code: string, nowMs: number) => number | undefined;

export const matchCode: MatchCode = (secret, code, nowMs) => {
  const epoch = Math.floor(nowMs / 1000);
  const token = /^\d{6}$/.test(code) ? code : "0".repeat(6);
  const result = verifySync({ secret, token, epoch, period: stepSeconds, epochTolerance: stepSeconds });
  return result.valid && token === code ? Math.floor(epoch / stepSeconds) + result.delta : undefined;
};

/** A secret for a new app, and the address that an app reads it from (otpauth, Key Uri Format). */
export function newTotp(number: string, user: string): { readonly secret: string; readonly uri: string } {
  const secret = generateSecret();
  return { secret, uri: totpUri(secret, number, user) };
}

export const totpUri = (secret: string, number: string, user: string): string =>
  generateURI({ issuer: "Genkan", label: `${number} ${user}`, secret, period: stepSeconds });

/** As people type it: full-width digits, spaces. */
export const tidyCode = (code: string): string => code.normalize("NFKC").replace(/[\s-]/g, "");

/** The proof: `{code}`, of the claim's user. */
export function createTotpChallenge(
  store: Pick<CredentialStore, "findCredential" | "advanceCredential">,
  clock: Pick<Clock, "now">,
  match: MatchCode = matchCode,
): Challenge {
  /** Looked at when there is no app, so that it takes as long. */
  const decoy = generateSecret();
  return {
    prepare: async () => ({}),
    async judge({ number, user = "" }, proof) {
      const code = tidyCode(textIn(proof, "code", 32));
      const app = await store.findCredential(number, "totp", user);
      const step = match(app === undefined ? decoy : factOf(app, "secret"), code, clock.now());
      if (app === undefined) throw refused("unknown");
      if (step === undefined) throw refused("wrong-code");
      if (!(await store.advanceCredential(app, step, clock.now()))) throw refused("code-used");
      return { user, assurances: ["totp"] };
    },
  };
}
