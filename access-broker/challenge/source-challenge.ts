/** Where somebody comes from, and nothing else: good for looking only, where the home's requirement names networks for that. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { type Challenge, refused } from "./challenge.ts";
import { type Requirement, rightsOf } from "./requirement.ts";

export interface SourceChallengeOptions {
  readonly requirementOf: (number: AccessNumber) => Promise<Requirement>;
  readonly isUser: (number: AccessNumber, user: string) => Promise<boolean>;
}

/** The proof is empty: the claim's user, at a source that the home lets in to look. */
export function createSourceChallenge({ requirementOf, isUser }: SourceChallengeOptions): Challenge {
  return {
    prepare: async () => ({}),
    async judge({ number, user = "", source }) {
      const isKnown = await isUser(number, user);
      const rights = rightsOf(await requirementOf(number), { assurances: ["source"], source, hasTotp: false });
      if (!isKnown) throw refused("unknown");
      if (rights !== "view") throw refused("source-not-accepted");
      return { user, assurances: ["source"] };
    },
  };
}
