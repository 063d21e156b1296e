/** Why a source cannot be watched, or no more: each reason with its code. The same words are told as the device's own property. */

import { type ErrorCode, HomeError } from "../contract/errors.ts";

const troubles = {
  unreachable: ["device-unavailable", "there is no way to the source"],
  certificate: ["device-unavailable", "the source has no certificate that is trusted here"],
  "not-there": ["device-unavailable", "there is nothing where the source should be"],
  "not-allowed": ["device-unavailable", "the source does not let us in"],
  "not-a-file": ["device-unavailable", "what stands there is no file"],
  unreadable: ["device-unavailable", "the source cannot be read"],
  lost: ["device-unavailable", "the connection to the source is lost"],
  "form-changed": ["device-unavailable", "the source sends another form now"],
  busy: ["device-busy", "the source has nobody free to send"],
  silent: ["device-silent", "the source sends nothing"],
  answer: ["conversion-failed", "the answer of the source is none that can be watched"],
  "no-picture": ["conversion-failed", "the source sends neither an MPEG-2 transport stream nor DV"],
} as const satisfies { readonly [reason: string]: readonly [ErrorCode, string] };

export type Reason = keyof typeof troubles;
export const reasons: readonly string[] = Object.keys(troubles);

/** Where the source is never stands in it: an address may say more than its viewers are to know. */
export function sourceTrouble(reason: Reason, cause?: unknown): HomeError {
  const [code, message] = troubles[reason];
  return new HomeError(code, message, { reason }, cause);
}

/** The reason of what was thrown; undefined where it was none of these. */
export function reasonOf(thrown: unknown): Reason | undefined {
  const reason = thrown instanceof HomeError ? thrown.details["reason"] : undefined;
  return isReason(reason) ? reason : undefined;
}

const isReason = (word: unknown): word is Reason => typeof word === "string" && Object.hasOwn(troubles, word);
