/** The second factor of a person who wants one: an authenticator app, each of whose codes is good once, and ten recovery codes that stand in for it. */

import { createHash, randomBytes } from "node:crypto";
import { base32, stepOf } from "./totp.ts";

export interface SecondFactor {
  /** Of the app, base64url. */
  readonly secret: string;
  /** The step of the newest code that was used: it and those before are good for nothing any more. */
  readonly step: number;
  /** Hashes of recovery codes that were not used yet. */
  readonly recovery: readonly string[];
}

const secretOctets = 20;
/** 120 bits each: nobody finds one by trying, so that a plain hash is enough. */
const codeOctets = 15;
const codesAtOnce = 10;

export const newSecret = (): Uint8Array => new Uint8Array(randomBytes(secretOctets));

/** A factor of this app, once its code is right, and its recovery codes, which are told once. Undefined: the code is wrong. */
export function beginFactor(
  secret: Uint8Array,
  code: string,
  nowMs: number,
): { readonly factor: SecondFactor; readonly codes: readonly string[] } | undefined {
  const step = stepOf(secret, tidy(code), nowMs);
  if (step === undefined) return undefined;
  const codes = Array.from({ length: codesAtOnce }, newCode);
  const recovery = codes.map((one) => hashOf(tidy(one)));
  return { factor: { secret: Buffer.from(secret).toString("base64url"), step, recovery }, codes };
}

/** What is left of the factor after a code of its app, or a recovery code, has been used. Undefined: the code is wrong, or was used. */
export function useFactor(factor: SecondFactor, code: string, nowMs: number): SecondFactor | undefined {
  const told = tidy(code);
  const step = stepOf(Buffer.from(factor.secret, "base64url"), told, nowMs);
  if (step !== undefined) return step > factor.step ? { ...factor, step } : undefined;
  const hash = hashOf(told);
  const recovery = factor.recovery.filter((one) => one !== hash);
  return recovery.length < factor.recovery.length ? { ...factor, recovery } : undefined;
}

/** As people type it: full-width digits, capitals, spaces and dashes. */
const tidy = (code: string): string => code.normalize("NFKC").toLowerCase().replace(/[\s-]/g, "");

function newCode(): string {
  const letters = base32(randomBytes(codeOctets)).toLowerCase();
  return letters.replace(/(.{6})(?=.)/g, "$1-");
}

const hashOf = (code: string): string => createHash("sha256").update(`recovery ${code}`).digest("base64url");
