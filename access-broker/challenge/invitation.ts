/** Invitations: a long random secret that lets the person it was made for into a home once, to set up how they will show who they are. */

import { createHash } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { LockOut } from "./lock-out.ts";
import { newCode } from "./recovery-challenge.ts";
import { isBarred, type StandingStore } from "./standing.ts";

/** 160 bits: nobody finds one by trying, so that a plain hash is enough. */
const secretOctets = 20;
const lifeMs = 7 * 24 * 60 * 60_000;

interface StoredInvitation {
  readonly secretHash: string;
  readonly number: AccessNumber;
  readonly user: string;
  readonly expiresAt: number;
}

/** What this room asks of the store. */
export interface InvitationStore extends StandingStore {
  putInvitation(invitation: StoredInvitation): Promise<void>;
  findInvitation(secretHash: string, now: number): Promise<StoredInvitation | undefined>;
  redeemInvitation(secretHash: string, now: number): Promise<StoredInvitation | undefined>;
}

/** Told once. */
export interface Invited {
  readonly secret: string;
  readonly expiresAt: number;
}

export interface InvitationsOptions {
  readonly store: InvitationStore;
  readonly now: () => number;
  readonly lockOut: LockOut;
}

export function createInvitations({ store, now, lockOut }: InvitationsOptions) {
  return {
    /** Takes the place of an earlier one for that person. */
    invite: (number: AccessNumber, user: string): Promise<Invited> => makeInvitation(store, number, user, now()),

    /**
     * Uses one up, and tells for whom it was: what they held before is forgotten.
     * @throws HomeError `invitation-invalid`, the same whatever was wrong; `too-many-attempts`
     */
    async redeem(number: AccessNumber, secret: string, source: string): Promise<string> {
      lockOut.attempt(number, source);
      const hash = hashOf(number, secret);
      const found = await store.findInvitation(hash, now());
      const standing = found && (await store.findStanding(number, found.user));
      if (standing === undefined || isBarred(standing)) throw invalid();
      const redeemed = await store.redeemInvitation(hash, now());
      if (redeemed === undefined) throw invalid();
      lockOut.forgive(number, source);
      return redeemed.user;
    },
  };
}

/** For a person whom the home has already. */
export async function makeInvitation(
  store: Pick<InvitationStore, "putInvitation">,
  number: AccessNumber,
  user: string,
  now: number,
): Promise<Invited> {
  const [secret, expiresAt] = [newCode(secretOctets), now + lifeMs];
  await store.putInvitation({ secretHash: hashOf(number, secret), number, user, expiresAt });
  return { secret, expiresAt };
}

/** Of the home, whatever spaces and dashes the secret was typed with. */
function hashOf(number: AccessNumber, secret: string): string {
  const tidy = secret
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  return createHash("sha256")
    .update(JSON.stringify(["invitation", number, tidy]))
    .digest("hex");
}

const invalid = (): HomeError =>
  new HomeError("invitation-invalid", "this is no invitation to this home, or it was used, or it has expired");
