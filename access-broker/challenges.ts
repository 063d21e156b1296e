/** Joins the challenges of a home's door: each guarded by a lock-out, all under the home's requirement. */

import { providerDesk } from "../gateway-core/contract/access-number.ts";
import type { Clock } from "../gateway-core/contract/clock.ts";
import { assertCommunicationMethod, type CommunicationMethod } from "../gateway-core/contract/communication-method.ts";
import { createAccount } from "./challenge/account.ts";
import { createAppPasswords } from "./challenge/app-password.ts";
import { guardChallenge, homeOf, personOf } from "./challenge/guarded-challenge.ts";
import { createHomeWays } from "./challenge/home-ways.ts";
import { createHomesChallenge } from "./challenge/homes-challenge.ts";
import { createHomesSessions } from "./challenge/homes-sessions.ts";
import { createInvitations } from "./challenge/invitation.ts";
import { createKeyChallenge } from "./challenge/key-challenge.ts";
import { createKnownDevices } from "./challenge/known-device.ts";
import { createLockOut } from "./challenge/lock-out.ts";
import { createLogin } from "./challenge/login.ts";
import { createNonces } from "./challenge/nonces.ts";
import { createPasskeyChallenge } from "./challenge/passkey-challenge.ts";
import { createPasskeyRegistration } from "./challenge/passkey-registration.ts";
import { createPasswordChallenge } from "./challenge/password-challenge.ts";
import { createPasswordHasher } from "./challenge/password-hash.ts";
import { createRecoveryChallenge } from "./challenge/recovery-challenge.ts";
import { parseRequirement, rightsOf } from "./challenge/requirement.ts";
import { createSessions, requirementIn } from "./challenge/sessions.ts";
import { createSourceChallenge } from "./challenge/source-challenge.ts";
import { createTotpChallenge } from "./challenge/totp-challenge.ts";
import type { DoorRooms } from "./internet/door-rooms.ts";
import type { Programs } from "./outbound-proxy/program-login.ts";
import type { AppLogin } from "./remote-mqtt/reception.ts";
import { createPeople } from "./subscriptions/people.ts";
import type { Store } from "./subscriptions/store.ts";

/** All strangers together, at one home: a hundred guesses at once, then one each ten seconds. */
const homePace = { burst: 100, refillMs: 10_000 };
/** At one person's codes, by whoever has their password: a code has six digits only. */
const codePace = { burst: 20, refillMs: 60_000 };

/** How long the provider's people may be away from their page, and stay. */
const deskLife = { idleMs: 30 * 60_000, absoluteMs: 12 * 60 * 60_000 };

export interface ChallengesOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The provider's host. */
  readonly rpId: string;
  /** The broker's own, the same after a restart. */
  readonly secret: string;
  /** Of the provider's own people. */
  readonly deskRequirement: string;
}

export async function createChallenges({ store, clock, rpId, secret, deskRequirement }: ChallengesOptions): Promise<
  Omit<DoorRooms, "clock" | "openAnswers" | "audit" | "sessions" | "peopleChanged" | "place" | "hasCallers"> & {
    readonly sessions: ReturnType<typeof createSessions>;
    /** App passwords, where the home may be reached by that method. */
    readonly appsBy: (method: CommunicationMethod) => AppLogin & Programs;
    /** Which homes are a person's own, by their passkey. */
    readonly homes: ReturnType<typeof createHomesChallenge>;
    /** How many passwords wait to be judged. */
    passwordQueue(): number;
  }
> {
  const now = (): number => clock.now();
  const [homes, codes] = [createLockOut(clock, homePace), createLockOut(clock, codePace)];
  const nonces = createNonces(clock);
  const desk = { ...deskLife, requirement: parseRequirement(deskRequirement) };
  const ruleOf = (number: string) => (number === providerDesk ? desk : undefined);
  const requirementOf = async (number: string) =>
    ruleOf(number)?.requirement ?? requirementIn(await store.findRequirement(number));
  const hasher = createPasswordHasher();
  const password = await createPasswordChallenge(store, hasher, homes);
  const isUser = async (number: string, user: string) => (await store.findUser(number, user)) !== undefined;
  const hasTotp = async (number: string, user: string) =>
    (await store.findCredential(number, "totp", user)) !== undefined;
  const findStanding: Store["findStanding"] = (number, user) => store.findStanding(number, user);
  const login = createLogin({
    ...{ requirementOf, hasTotp, findStanding },
    challenges: {
      // Counted for the person too: who lives there and logs in between guesses at another's password forgives none of them.
      password: guardChallenge(guardChallenge(password, homes, homeOf), createLockOut(clock), personOf),
      key: guardChallenge(createKeyChallenge({ store, nonces, now }), homes, homeOf),
      passkey: guardChallenge(createPasskeyChallenge({ store, nonces, now, rpId }), homes, homeOf),
      source: guardChallenge(createSourceChallenge({ requirementOf, isUser }), homes, homeOf),
      totp: guardChallenge(createTotpChallenge(store, clock), codes, personOf),
      recovery: guardChallenge(createRecoveryChallenge(store), codes, personOf),
    },
  });
  const appPasswords = createAppPasswords({ store, now, requirementOf });
  const homesSessions = createHomesSessions(store, clock);
  const invitations = createInvitations({ store, now, lockOut: createLockOut(clock) });
  // As for a password, and counted apart from it: a program that goes on with a password taken back locks out no browser.
  const guardedApps = guardChallenge(
    guardChallenge(appPasswords, createLockOut(clock, homePace), homeOf),
    createLockOut(clock),
    personOf,
  );
  return {
    appsBy: (method) => ({
      async judge({ password, ...claim }) {
        const { number, user, source } = claim;
        const { credential } = await guardedApps.judge({ ...claim, origin: `https://${number}.${rpId}` }, { password });
        // Only after the proof: by which ways a home is reached is told to nobody else.
        assertCommunicationMethod((await findStanding(number, user))?.home.methods ?? [], method);
        return { credential, ...(await appPasswords.accessNow(number, user, credential, source)) };
      },
      async rightsNow(number, user, credential, source) {
        const isReached = (await findStanding(number, user))?.home.methods.includes(method);
        return isReached ? (await appPasswords.accessNow(number, user, credential, source)).rights : "none";
      },
      async standing(number, user, credential, source) {
        const access = await appPasswords.accessNow(number, user, credential, source);
        const isReached = (await findStanding(number, user))?.home.methods.includes(method);
        return isReached ? access : { ...access, rights: "none" };
      },
    }),
    sessions: createSessions(store, clock, ruleOf),
    login: {
      ...login,
      async mayLook(number, source) {
        const shown = { assurances: ["source"], source, hasTotp: false } as const;
        return rightsOf(await requirementOf(number), shown) === "view";
      },
    },
    account: createAccount({ store, nonces, now }),
    ways: createHomeWays(store),
    people: createPeople({ store, invite: invitations.invite }),
    redeem: invitations.redeem,
    homes: createHomesChallenge({
      ...{ store, requirementOf, nonces, clock, rpId },
      sessions: homesSessions,
      lockOut: createLockOut(clock),
    }),
    homesSessions,
    passkeys: createPasskeyRegistration({ store, nonces, now, rpId, secret }),
    devices: createKnownDevices(secret, clock),
    changePassword: password.change,
    passwordQueue: () => hasher.waiting,
  };
}
