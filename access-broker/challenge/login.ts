/** Joins the challenges to a login: proofs are judged one after another until the home's requirement is met. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { CommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { type Assurance, type Challenge, type Claim, type Method, refused } from "./challenge.ts";
import { isOnlyElsewhere, nextMethods, type Requirement, type Rights, rightsOf } from "./requirement.ts";
import { isBarred, type StandingStore } from "./standing.ts";

export type ProofKind = "password" | "totp" | "recovery" | "key" | "passkey" | "source";

/** A proof as a door read it. */
export interface Proof {
  readonly kind: ProofKind;
  readonly proof: JsonObject;
}

export interface LoginOutcome {
  readonly user: string;
  readonly assurances: readonly Assurance[];
  readonly rights: Rights;
  /** What must still be shown, any of these, while there are no rights. */
  readonly next: readonly Method[];
  /** By which the home may be reached: told to nobody but who has shown something. */
  readonly reached: readonly CommunicationMethod[];
}

export interface LoginOptions {
  readonly findStanding: StandingStore["findStanding"];
  readonly challenges: Readonly<Record<ProofKind, Challenge>>;
  readonly requirementOf: (number: AccessNumber) => Promise<Requirement>;
  readonly hasTotp: (number: AccessNumber, user: string) => Promise<boolean>;
}

export interface Login {
  /** @returns what the client needs for that kind of proof. */
  prepare(kind: ProofKind, claim: Claim): Promise<JsonObject>;
  /**
   * Judges proofs on top of what a half-open session has shown already.
   * @throws HomeError `login-refused` (its `cause` is the RefusalReason), `too-many-attempts`.
   */
  prove(
    claim: Claim,
    before: Pick<LoginOutcome, "user" | "assurances"> | undefined,
    proofs: readonly Proof[],
  ): Promise<LoginOutcome>;
}

export function createLogin({ challenges, findStanding, requirementOf, hasTotp }: LoginOptions): Login {
  return {
    prepare: (kind, claim) => challenges[kind].prepare(claim),

    async prove(claim, before, proofs) {
      let shown = before;
      for (const { kind, proof } of proofs) {
        // A code alone is easy to guess, and nobody's.
        if (shown === undefined && (kind === "totp" || kind === "recovery")) throw refused("malformed");
        const user = shown?.user ?? claim.user;
        const proven = await challenges[kind].judge({ ...claim, ...(user === undefined ? {} : { user }) }, proof);
        if (shown !== undefined && proven.user !== shown.user) throw refused("other-user");
        shown = { user: proven.user, assurances: [...new Set([...(shown?.assurances ?? []), ...proven.assurances])] };
      }
      if (shown === undefined) throw refused("malformed");
      const { user, assurances } = shown;
      const standing = await findStanding(claim.number, user);
      // Only after the proof: who cannot give one is told nothing.
      if (standing === undefined || isBarred(standing)) throw refused("suspended");
      const requirement = await requirementOf(claim.number);
      const told = { assurances, source: claim.source, hasTotp: await hasTotp(claim.number, user) };
      const rights = rightsOf(requirement, told);
      const next = rights === "none" ? nextMethods(requirement, told) : [];
      if (rights !== "none" || next.length > 0)
        return { user, assurances, rights, next, reached: standing.home.methods };
      throw refused(isOnlyElsewhere(requirement, told) ? "source-not-accepted" : "method-not-accepted");
    },
  };
}
