/** The people of a home, as its owner and the provider change them: who they are, what each may, who comes in no longer. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { type Grant, parseGrant } from "../../gateway-core/contract/grant.ts";
import type { PeopleStore, PersonOfHome, Role } from "./people-store.ts";
import type { Store } from "./store.ts";

/** Octets of a grant in a header: it goes with each request to the home. */
const longestGrant = 8 * 1024;
const mostPeople = 100;

export interface Invited {
  readonly secret: string;
  readonly expiresAt: number;
}

export interface PeopleOptions {
  readonly store: PeopleStore & Pick<Store, "putUser">;
  /** Makes the secret for a person whom the home has already. */
  readonly invite: (number: AccessNumber, user: string) => Promise<Invited>;
}

export interface People {
  list(number: AccessNumber): Promise<readonly PersonOfHome[]>;
  /**
   * A new person, who comes in with what is returned. The first of a home owns it whatever is told.
   * @throws HomeError `value-invalid`, with `reason`: taken or many; its `member` is user or grant.
   */
  invite(number: AccessNumber, user: string, role: Role, grant: Grant): Promise<Invited>;
  /** A way in for who has lost all others: what they hold is good until it is used. @throws HomeError `not-found` */
  inviteAgain(number: AccessNumber, user: string): Promise<Invited>;
  /** @throws HomeError `not-found`, `value-invalid` */
  setGrant(number: AccessNumber, user: string, role: Role, grant: Grant): Promise<void>;
  /** @throws HomeError `not-found` */
  setSuspended(number: AccessNumber, user: string, isSuspended: boolean): Promise<void>;
  /** @throws HomeError `not-found` */
  remove(number: AccessNumber, user: string): Promise<void>;
}

export function createPeople({ store, invite }: PeopleOptions): People {
  const mustBe = (isThere: boolean, number: AccessNumber, user: string): void => {
    if (!isThere) throw new HomeError("not-found", `there is no ${user} at ${number}`, { number, user });
  };
  return {
    list: (number) => store.listPeople(number),
    async invite(number, user, role, grant) {
      assertUserName(user);
      assertGrantFits(grant);
      const people = await store.listPeople(number);
      if (people.some((person) => person.user === user)) throw unfit("user", "taken");
      if (people.length >= mostPeople) throw unfit("user", "many");
      await store.putUser({ number, user, passwordHash: "", state: "none" });
      if (people.length > 0) await store.setGrant(number, user, role, grant);
      return invite(number, user);
    },
    async inviteAgain(number, user) {
      mustBe((await store.findStanding(number, user)) !== undefined, number, user);
      return invite(number, user);
    },
    async setGrant(number, user, role, grant) {
      assertGrantFits(grant);
      mustBe(await store.setGrant(number, user, role, grant), number, user);
    },
    async setSuspended(number, user, isSuspended) {
      mustBe(await store.setSuspended(number, user, isSuspended), number, user);
    },
    async remove(number, user) {
      mustBe(await store.removePerson(number, user), number, user);
    },
  };
}

/** @throws HomeError `value-invalid` */
export function assertUserName(user: string): void {
  if (/^[^\p{C}]{1,64}$/u.test(user)) return;
  throw new HomeError("value-invalid", "a user's name has 1 to 64 characters", { member: "user", reason: "name" });
}

/** A grant as it was written. @throws HomeError `value-invalid` */
export function readOwnGrant(input: unknown): Grant {
  const grant = parseGrant(input);
  assertGrantFits(grant);
  return grant;
}

function assertGrantFits(grant: Grant): void {
  if (encodeURIComponent(JSON.stringify(grant)).length > longestGrant) throw unfit("grant", "long");
}

const unfit = (member: string, reason: string): HomeError =>
  new HomeError("value-invalid", `this ${member} cannot be taken: ${reason}`, { member, reason });
