/** A challenge whose judgements are counted: before each, and forgiven when it was good. */

import type { Challenge, Claim } from "./challenge.ts";
import type { LockOut } from "./lock-out.ts";

/** What the attempts are counted for: a home, or where somebody has shown a password already, this person at it. */
export const homeOf = ({ number }: Claim): string => number;
export const personOf = ({ number, user = "" }: Claim): string => `${number}/${user}`;

export function guardChallenge<T extends Challenge>(
  challenge: T,
  lockOut: LockOut,
  subjectOf: (claim: Claim) => string,
): T {
  return {
    ...challenge,
    async judge(claim, proof) {
      const { source, device } = claim;
      const subject = subjectOf(claim);
      lockOut.attempt(subject, source, device);
      const proven = await challenge.judge(claim, proof);
      lockOut.forgive(subject, source, device);
      return proven;
    },
  };
}
