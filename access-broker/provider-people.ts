/** What the provider does about the people of homes from the command line, whether or not the access broker runs. */

import { type AccessNumber, parseAccessNumber, providerDesk } from "../gateway-core/contract/access-number.ts";
import { parseCommunicationMethods } from "../gateway-core/contract/communication-method.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { type Grant, wholeGrant } from "../gateway-core/contract/grant.ts";
import type { JsonObject } from "../gateway-core/contract/json.ts";
import { makeInvitation } from "./challenge/invitation.ts";
import { assertNumberFits, deedOf, homeAddress, openStore, type Provider } from "./provider.ts";
import { createPeople, readOwnGrant } from "./subscriptions/people.ts";
import type { PersonOfHome, Role } from "./subscriptions/people-store.ts";
import type { Store } from "./subscriptions/store.ts";

type At = Provider & { readonly number: string };

/** What a person is to be; what is left out stays as it is, or as it is for whoever is new. */
export interface Wished {
  readonly role?: Role | undefined;
  /** As it was written; of an owner it is of no use. */
  readonly grant?: unknown;
}

export interface Invitation {
  /** The page that takes the secret. */
  readonly address: string;
  readonly secret: string;
  /** Both at once; the secret stands after #. */
  readonly link: string;
  /** RFC 3339. */
  readonly expires: string;
}

/**
 * Invites a person, or one who is there already to begin anew; the first of a home owns it.
 * @throws HomeError `value-invalid`
 */
export async function invitePerson({
  number: told,
  user,
  role,
  grant,
  ...provider
}: At & Wished & { readonly user: string }): Promise<Invitation> {
  return administer(provider, told, async ({ number, store, people, audit }) => {
    const before = await store.findStanding(number, user);
    await assertNumberFits(provider, store, number);
    const wished = wishOf({ role, grant }, before);
    if (before !== undefined && (role ?? grant) !== undefined)
      await people.setGrant(number, user, wished.role, wished.grant);
    const { secret, expiresAt } =
      before === undefined
        ? await people.invite(number, user, wished.role, wished.grant)
        : await people.inviteAgain(number, user);
    await audit("person-invited", user, factsOf(wished));
    const address = `${homeAddress(provider, number)}/invitation`;
    return { address, secret, link: `${address}#${secret}`, expires: new Date(expiresAt).toISOString() };
  });
}

/** @throws HomeError `value-invalid`, `not-found` */
export async function grantPerson({
  number: told,
  user,
  role,
  grant,
  ...provider
}: At & Wished & { readonly user: string }): Promise<void> {
  await administer(provider, told, async ({ number, store, people, audit }) => {
    const wished = wishOf({ role, grant }, await store.findStanding(number, user));
    await people.setGrant(number, user, wished.role, wished.grant);
    await audit("grant-changed", user, factsOf(wished));
  });
}

export type PersonDeed = "suspend" | "resume" | "remove";

/**
 * Does it to a person, or suspends and resumes a whole home. It holds at once; what is open ends within seconds.
 * @throws HomeError `value-invalid`, `not-found`
 */
export async function changePerson({
  number: told,
  user,
  deed,
  ...provider
}: At & { readonly user: string | undefined; readonly deed: PersonDeed }): Promise<void> {
  await administer(provider, told, async ({ number, store, people, audit }) => {
    if (user === undefined) {
      if (deed === "remove")
        throw new HomeError("value-invalid", "a home is suspended, not removed", { member: "user" });
      await assertInhabited(store, number);
      await store.setHomeRules(number, { isSuspended: deed === "suspend" });
      await audit(`home-${events[deed]}`, null, {});
      return;
    }
    if (deed === "remove") await people.remove(number, user);
    else await people.setSuspended(number, user, deed === "suspend");
    await audit(`person-${events[deed]}`, user, {});
  });
}

/** By which ways a home may be reached: `https,mqtts`. @throws HomeError `value-invalid`, `not-found` */
export async function setMethods({
  number: told,
  methods: written,
  ...provider
}: At & { readonly methods: string }): Promise<void> {
  const methods = parseCommunicationMethods(written);
  await administer(provider, told, async ({ number, store, audit }) => {
    await assertInhabited(store, number);
    await store.setHomeRules(number, { methods });
    await audit("methods-set", null, { methods: methods.join() });
  });
}

/** @throws HomeError `value-invalid`, `not-found` */
export async function listPeople({ number: told, ...provider }: At): Promise<readonly PersonOfHome[]> {
  return administer(provider, told, async ({ number, store, people }) => {
    await assertInhabited(store, number);
    return people.list(number);
  });
}

const events: Readonly<Record<PersonDeed, string>> = { suspend: "suspended", resume: "resumed", remove: "removed" };

interface Desk {
  readonly number: AccessNumber;
  readonly store: Store;
  readonly people: ReturnType<typeof createPeople>;
  audit(event: string, user: string | null, facts: JsonObject): Promise<void>;
}

/** `told`: the number of a home, or the provider's own desk. */
async function administer<T>(provider: Provider, told: string, work: (desk: Desk) => Promise<T>): Promise<T> {
  const number = told === providerDesk ? told : parseAccessNumber(told);
  const { clock } = provider.host;
  await using store = openStore(provider);
  return await work({
    ...{ number, store },
    people: createPeople({ store, invite: (home, user) => makeInvitation(store, home, user, clock.now()) }),
    audit: (event, user, facts) => store.appendAudit(deedOf(provider, event, { number, user, facts })),
  });
}

/** An owner has the whole home, and a guest too where nothing is said. */
function wishOf({ role, grant }: Wished, before: { readonly role: Role; readonly grant: Grant } | undefined) {
  const told = grant === undefined ? before?.grant : readOwnGrant(grant);
  return { role: role ?? before?.role ?? "guest", grant: told ?? wholeGrant };
}

const factsOf = ({ role, grant }: { readonly role: Role; readonly grant: Grant }): JsonObject => ({
  ...{ role, grant: JSON.stringify(grant) },
});

async function assertInhabited(store: Store, number: AccessNumber): Promise<void> {
  if ((await store.listPeople(number)).length > 0) return;
  throw new HomeError("not-found", `nobody is subscribed under ${number}`, { number });
}
