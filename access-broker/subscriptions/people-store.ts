/** The part of the store's port that says who belongs to a home, with which role and grant, and by which ways the home may be reached. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { CommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";

/** An owner has the whole home and says who else comes in; a guest has what their grant names. */
export type Role = "owner" | "guest";

/** What the table holds of a person beside how they show who they are. */
export interface Standing {
  readonly role: Role;
  /** Of an owner always the whole. */
  readonly grant: Grant;
  readonly isSuspended: boolean;
}

/** What the provider lets a home be used by. */
export interface HomeRules {
  readonly methods: readonly CommunicationMethod[];
  readonly isSuspended: boolean;
}

export interface PersonOfHome extends Standing {
  readonly number: AccessNumber;
  readonly user: string;
  /** Until when an invitation waits for them: milliseconds since 1970; null when there is none. */
  readonly invitedUntil: number | null;
}

/** A person as a subscription file holds them. */
export interface SubscribedPerson extends Standing {
  readonly user: string;
  readonly passwordHash: string;
  readonly state: "password" | "one-time" | "one-time-used" | "none";
  readonly credentials: readonly {
    readonly kind: "totp" | "recovery" | "key" | "passkey" | "app";
    readonly id: string;
    readonly facts: JsonObject;
    readonly counter: number;
    readonly addedAt: number;
  }[];
}

/** Names, addresses and networks: where alone a home's computers are led (empty: everywhere), and where never. */
export interface ProxyPolicy {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** A home as a subscription file holds it. */
export interface SubscribedHome extends HomeRules {
  readonly number: AccessNumber;
  readonly requirement: string | null;
  readonly people: readonly SubscribedPerson[];
  /** What it wants of the outbound proxy; null: it may not use it; undefined: as it was. */
  readonly proxy?: ProxyPolicy | null | undefined;
}

/** What opens a home once, for the person that it was made for; kept as a hash. A person has one at most. */
export interface Invitation {
  readonly secretHash: string;
  readonly number: AccessNumber;
  readonly user: string;
  readonly expiresAt: number;
}

export interface PeopleStore {
  /** The people of a home, or of all homes, by number and name. */
  listPeople(number?: AccessNumber): Promise<readonly PersonOfHome[]>;
  /** Numbers of homes that hold `part`, by number, at most `most` of them. */
  findNumbers(part: string, most: number): Promise<readonly AccessNumber[]>;
  /** A person with what is allowed to their home, from one look-up; undefined when there is none. */
  findStanding(number: AccessNumber, user: string): Promise<(Standing & { readonly home: HomeRules }) | undefined>;
  /** False when there is no such person. */
  setGrant(number: AccessNumber, user: string, role: Role, grant: Grant): Promise<boolean>;
  /** Suspends, and ends their sessions at once, or lets in again. False when there is no such person. */
  setSuspended(number: AccessNumber, user: string, isSuspended: boolean): Promise<boolean>;
  /** Forgets a person with all that they held. False when there is no such person. */
  removePerson(number: AccessNumber, user: string): Promise<boolean>;

  /** Of a home of which nothing is said: every method, not suspended. */
  findHomeRules(number: AccessNumber): Promise<HomeRules>;
  /** Whether a gateway of the home has a certificate that is good at that moment. */
  isEnrolled(number: AccessNumber, now: number): Promise<boolean>;
  /** What is told changes, the rest stays. A home that is suspended loses all sessions at once. */
  setHomeRules(number: AccessNumber, rules: Partial<HomeRules>): Promise<void>;

  /** Puts homes in the place of what there is of them, people and sessions too: all, or none. */
  putHomes(homes: readonly SubscribedHome[]): Promise<void>;

  /** Takes the place of an earlier one for the same person. */
  putInvitation(invitation: Invitation): Promise<void>;
  /** The one with that hash which has not expired. */
  findInvitation(secretHash: string, now: number): Promise<Invitation | undefined>;
  /**
   * Uses it up. All at once the person's sessions end and what they held is forgotten: they begin anew, without a
   * password. Undefined, and nothing done, when there is no such invitation any more.
   */
  redeemInvitation(secretHash: string, now: number): Promise<Invitation | undefined>;
}
