/** What the doors at a home's origin ask of the challenge room, as access-broker.ts joins them. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { CommunicationMethod } from "../../gateway-core/contract/communication-method.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import type { OpenAnswers } from "./open-answers.ts";

type Assurance = "password" | "totp" | "key" | "passkey" | "one-time" | "source";
type Method = "password" | "totp" | "key" | "passkey";
export type ProofKind = "password" | "totp" | "recovery" | "key" | "passkey" | "source";
type CredentialKind = "totp" | "recovery" | "key" | "passkey" | "app";

/** Who asks, from where; the challenge room's Claim. */
export interface DoorClaim {
  readonly number: AccessNumber;
  readonly origin: string;
  readonly source: string;
  readonly user?: string;
  readonly device?: string;
}
export type Person = DoorClaim & { readonly user: string };

export interface DoorSession {
  readonly id: string;
  readonly user: string;
  readonly begunAt: number;
  readonly assurances: readonly Assurance[];
  readonly rights: "all" | "view" | "none";
  readonly next: readonly Method[];
  readonly role: "owner" | "guest";
  readonly grant: Grant;
  readonly sight: string | undefined;
  readonly reached: readonly CommunicationMethod[];
  readonly hasPassword: boolean;
  readonly mustChangePassword: boolean;
  readonly isVouchedFor: boolean;
  readonly isFresh: boolean;
}

export interface SessionLine {
  readonly id: string;
  readonly source: string;
  readonly agent: string;
  readonly seenAt: number;
  /** Of the page of the person's homes, at the bare host: it opens none. */
  readonly isHomes?: true;
}

export interface DoorSessions {
  begin(session: {
    readonly number: AccessNumber;
    readonly user: string;
    readonly assurances: readonly Assurance[];
    readonly source: string;
    readonly agent: string;
    readonly begunAt?: number;
  }): Promise<string>;
  find(token: string, number: AccessNumber, source: string): Promise<DoorSession | undefined>;
  list(number: AccessNumber, user: string): Promise<readonly SessionLine[]>;
  end(id: string): Promise<void>;
}

export interface DoorLogin {
  prepare(kind: ProofKind, claim: DoorClaim): Promise<JsonObject>;
  /** @throws HomeError `login-refused`, `too-many-attempts` */
  prove(
    claim: DoorClaim,
    before: { readonly user: string; readonly assurances: readonly Assurance[] } | undefined,
    proofs: readonly { readonly kind: ProofKind; readonly proof: JsonObject }[],
  ): Promise<{
    readonly user: string;
    readonly assurances: readonly Assurance[];
    readonly rights: "all" | "view" | "none";
    readonly next: readonly Method[];
    readonly reached: readonly CommunicationMethod[];
  }>;
  /** Whether the home lets somebody who comes from there look without a proof. */
  mayLook(number: AccessNumber, source: string): Promise<boolean>;
}

export interface Held {
  readonly id: string;
  readonly label: string;
  readonly addedAt: number;
  readonly usedAt: number | null;
}

export interface Holdings {
  readonly passkeys: readonly Held[];
  readonly keys: readonly Held[];
  readonly apps: readonly Held[];
  readonly hasTotp: boolean;
  readonly recoveryCodesLeft: number;
}

export interface TotpSetUp {
  readonly secret: string;
  readonly uri: string;
  readonly ticket: string;
}

interface AppPassword {
  readonly label: string;
  readonly assurances: readonly Assurance[];
  readonly grant?: Grant | undefined;
}

/** What goes wrong in it is `value-invalid` with a `reason`. */
export interface DoorAccount {
  holdings(number: AccessNumber, user: string): Promise<Holdings>;
  beginTotp(person: Person): TotpSetUp;
  resumeTotp(person: Person, secret: string, ticket: string): TotpSetUp;
  finishTotp(person: Person, secret: string, ticket: string, code: string): Promise<void>;
  renewRecoveryCodes(number: AccessNumber, user: string): Promise<readonly string[]>;
  /** An app password that stands for what its person has shown; told once. */
  addApp(person: Pick<Person, "number" | "user">, app: AppPassword): Promise<string>;
  addKey(number: AccessNumber, user: string, line: string): Promise<string>;
  remove(number: AccessNumber, user: string, kind: CredentialKind, id: string): Promise<boolean>;
}

export interface DoorPasskeys {
  begin(person: Person): Promise<{ readonly create: JsonObject; readonly get: JsonObject }>;
  finish(person: Person, way: "create" | "get", response: Json | undefined, label: string): Promise<void>;
}

/** A person of the home, as its owner sees them. */
export interface PersonLine {
  readonly user: string;
  readonly role: "owner" | "guest";
  readonly grant: Grant;
  readonly isSuspended: boolean;
  readonly invitedUntil: number | null;
}

interface Invited {
  readonly secret: string;
  readonly expiresAt: number;
}

/** What cannot be done in it is `value-invalid` with a `reason`, or `not-found`. */
export interface DoorPeople {
  list(number: AccessNumber): Promise<readonly PersonLine[]>;
  invite(number: AccessNumber, user: string, role: PersonLine["role"], grant: Grant): Promise<Invited>;
  inviteAgain(number: AccessNumber, user: string): Promise<Invited>;
  setGrant(number: AccessNumber, user: string, role: PersonLine["role"], grant: Grant): Promise<void>;
  setSuspended(number: AccessNumber, user: string, isSuspended: boolean): Promise<void>;
  remove(number: AccessNumber, user: string): Promise<void>;
}

/** The ways in, all from the same places; and from where somebody may look without a proof. */
export interface WayParts {
  readonly methods: string;
  readonly from: readonly string[];
  readonly look: readonly string[];
}

/** What a home asks of who comes in; `parts`: undefined where it is more than a form can say. */
export interface WaysFile {
  readonly requirement: string;
  readonly parts: WayParts | undefined;
}

export interface DoorWays {
  read(number: AccessNumber): Promise<WaysFile>;
  /** Returns it as it is written. @throws HomeError `value-invalid` */
  change(
    changer: {
      readonly number: AccessNumber;
      readonly user: string;
      readonly source: string;
      readonly assurances: readonly Assurance[];
    },
    wish: string | WayParts,
  ): Promise<string>;
}

/** Before what the door stands. */
export interface Place {
  readonly isHome: boolean;
  /** Where who has come in goes on. */
  readonly landing: string;
}

export interface DoorRooms {
  readonly place: Place;
  readonly clock: Clock;
  readonly sessions: DoorSessions;
  /** Who looks at the page of their homes, by a passkey of this person. */
  readonly homesSessions: {
    list(number: AccessNumber, user: string): Promise<readonly SessionLine[]>;
    end(number: AccessNumber, user: string, id: string): Promise<boolean>;
  };
  readonly login: DoorLogin;
  readonly account: DoorAccount;
  readonly passkeys: DoorPasskeys;
  readonly ways: DoorWays;
  /** Whether an access network says who calls. */
  readonly hasCallers: boolean;
  readonly devices: {
    remember(number: AccessNumber, user: string): string;
    find(token: string | undefined, number: AccessNumber, user: string | undefined): string | undefined;
  };
  /** @throws HomeError `password-unsuitable`, `login-refused`, `too-many-attempts` */
  readonly changePassword: (person: Person, current: string | undefined, next: string) => Promise<void>;
  readonly people: DoorPeople;
  /** Takes an invitation, and tells whose it is. @throws HomeError `invitation-invalid`, `too-many-attempts` */
  readonly redeem: (number: AccessNumber, secret: string, source: string) => Promise<string>;
  /** What people of the home may has changed: what is open is looked at anew. */
  readonly peopleChanged: (number: AccessNumber) => Promise<void>;
  readonly openAnswers: OpenAnswers;
  readonly audit: (
    event: string,
    number: AccessNumber,
    user: string | null,
    source: string,
    facts: Readonly<Record<string, string>>,
  ) => void;
}
