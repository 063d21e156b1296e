/** The second factor of a person who wants one: an authenticator app, each of whose codes is good once, and ten recovery codes that stand in for it. */

import { createHash, randomBytes } from "node:crypto";
import { matchCode, tidyCode } from "./one-time-code.ts";

export interface SecondFactor {
  /** Of the app, base32. */
  readonly secret: string;
  /** The step of the newest code that was used: it and those before are good for nothing any more. */
  readonly step: number;
  /** Hashes of recovery codes that were not used yet. */
  readonly recovery: readonly string[];
}

/** 96 bits each: nobody finds one by trying, so that a plain hash is enough. */
const codeOctets = 12;
const codesAtOnce = 10;

/** A factor of this app, once its code is right, and its recovery codes, which are told once. Undefined: the code is wrong. */
export function beginFactor(
  secret: string,
  code: string,
  nowMs: number,
): { readonly factor: SecondFactor; readonly codes: readonly string[] } | undefined {
  const step = matchCode(secret, tidyCode(code), nowMs);
  if (step === undefined) return undefined;
  const codes = Array.from({ length: codesAtOnce }, newCode);
  return { factor: { secret, step, recovery: codes.map(hashOf) }, codes };
}

/** What is left of the factor after a code of its app, or a recovery code, has been used. Undefined: the code is wrong, or was used. */
export function useFactor(factor: SecondFactor, code: string, nowMs: number): SecondFactor | undefined {
  const step = matchCode(factor.secret, tidyCode(code), nowMs);
  if (step !== undefined) return step > factor.step ? { ...factor, step } : undefined;
  const hash = hashOf(code);
  const recovery = factor.recovery.filter((one) => one !== hash);
  return recovery.length < factor.recovery.length ? { ...factor, recovery } : undefined;
}

const newCode = (): string =>
  randomBytes(codeOctets)
    .toString("hex")
    .replace(/(.{6})(?=.)/g, "$1-");

/** However it is typed. */
const hashOf = (code: string): string =>
  createHash("sha256")
    .update(`recovery ${tidyCode(code).toLowerCase()}`)
    .digest("base64url");
