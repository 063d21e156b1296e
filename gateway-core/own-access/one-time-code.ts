/** Codes of an authenticator app: six digits that change each 30 seconds (RFC 6238), one step of drift either way. */

import { generateSecret, generateURI, verifySync } from "otplib";

const stepSeconds = 30;

/** The time step that a code stands for at this moment, or undefined when it is wrong. `secret` is base32. */
export type MatchCode = (secret: string, code: string, nowMs: number) => number | undefined;

export const matchCode: MatchCode = (secret, code, nowMs) => {
  const epoch = Math.floor(nowMs / 1000);
  const token = /^\d{6}$/.test(code) ? code : "0".repeat(6);
  const result = verifySync({ secret, token, epoch, period: stepSeconds, epochTolerance: stepSeconds });
  return result.valid && token === code ? Math.floor(epoch / stepSeconds) + result.delta : undefined;
};

/** For a new app: 160 bits, base32. */
export const newAppSecret = (): string => generateSecret();

/** The address that an app reads a secret from (otpauth, Key Uri Format). */
export const appUri = (secret: string, label: string): string =>
  generateURI({ issuer: "Genkan", label, secret, period: stepSeconds });

/** As people type it: full-width digits, spaces, dashes. */
export const tidyCode = (code: string): string => code.normalize("NFKC").replace(/[\s-]/g, "");
