/**
 * App passwords: long random ones for a person's programs, told once, kept as hashes. Each stands for what its person had
 * shown when it was made, so that the home's requirement decides what it opens, now as then.
 */

import { createHash } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { type Grant, intersectGrants, parseGrant } from "../../gateway-core/contract/grant.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { type Assurance, type Challenge, type Claim, type Method, type Proven, refused, textIn } from "./challenge.ts";
import { addOwn, type Credential, type CredentialStore, factOf, unfit } from "./credentials.ts";
import { newCode } from "./recovery-challenge.ts";
import { type Requirement, rightsOf } from "./requirement.ts";
import { type Access, accessOf, isBarred, type StandingStore } from "./standing.ts";

/** 160 bits: nobody finds one by trying, so that a plain hash is enough. */
const secretOctets = 20;
const longestLabel = 64;

interface AppStore extends CredentialStore, StandingStore {
  findUser(number: AccessNumber, user: string): Promise<{ readonly state: string } | undefined>;
}

export interface AppPasswordsOptions {
  readonly store: AppStore;
  readonly now: () => number;
  readonly requirementOf: (number: AccessNumber) => Promise<Requirement>;
}

/** The proof: `{password}`, of the claim's user. Opens no session: remote MQTT and the outbound proxy ask for it. */
export interface AppPasswords extends Challenge {
  judge(claim: Claim, proof: JsonObject): Promise<Proven & { readonly credential: string }>;
  /** What it opens now, from there: its person's grant, narrowed where it has one of its own. */
  accessNow(number: AccessNumber, user: string, credential: string, source: string): Promise<Access>;
}

export function createAppPasswords({ store, now, requirementOf }: AppPasswordsOptions): AppPasswords {
  /** Undefined when it is good for nothing any more. */
  const find = async (number: AccessNumber, user: string, id: string): Promise<Credential | undefined> => {
    const found = await store.findCredential(number, "app", id);
    const person = await store.findUser(number, user);
    const isSettled = person?.state === "password" || person?.state === "none";
    return found?.user === user && isSettled ? found : undefined;
  };
  return {
    prepare: async () => ({}),
    async judge({ number, user = "" }, proof) {
      const found = await find(number, user, appIdOf(number, user, textIn(proof, "password", 128)));
      if (found === undefined) throw refused("wrong-password");
      await store.advanceCredential(found, 0, now());
      return { user, assurances: assurancesOf(found), credential: found.id };
    },
    async accessNow(number, user, credential, source) {
      const found = await find(number, user, credential);
      const standing = await store.findStanding(number, user);
      if (found === undefined || standing === undefined || isBarred(standing)) return nothing;
      const hasTotp = (await store.findCredential(number, "totp", user)) !== undefined;
      const shown = { assurances: assurancesOf(found), source, hasTotp };
      return accessOf(grantFor(found, standing.grant), rightsOf(await requirementOf(number), shown), now());
    },
  };
}

/** Makes one and tells it, once. @throws HomeError `value-invalid` */
export async function addAppPassword(
  store: CredentialStore,
  person: { readonly number: AccessNumber; readonly user: string },
  made: {
    readonly label: string;
    readonly assurances: readonly Assurance[];
    /** Narrower than its person's; without a window by the week. */
    readonly grant?: Grant | undefined;
    readonly now: number;
  },
): Promise<string> {
  const { number, user } = person;
  const secret = newCode(secretOctets);
  const { window } = made.grant ?? {};
  if (window?.days !== undefined || window?.hours !== undefined) throw unfit("window");
  const own = made.grant === undefined ? {} : { grant: JSON.stringify(made.grant) };
  const facts = { label: made.label.slice(0, longestLabel), shown: made.assurances.join("+"), ...own };
  await addOwn(store, { number, user, kind: "app", id: appIdOf(number, user, secret), facts, counter: 0 }, made.now);
  return secret;
}

/** The id in the store, whatever spaces and dashes it was typed with. */
function appIdOf(number: AccessNumber, user: string, secret: string): string {
  const tidy = secret
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  return createHash("sha256")
    .update(JSON.stringify(["app", number, user, tidy]))
    .digest("hex");
}

const nothing: Access = { rights: "none", grant: { devices: {} } };

function grantFor(credential: Credential, granted: Grant): Grant {
  const own = factOf(credential, "grant");
  return own === "" ? granted : intersectGrants(granted, parseGrant(JSON.parse(own)));
}

/** What was shown by methods; that the provider vouched for the person once is not for programs. */
function assurancesOf(credential: Credential): readonly Assurance[] {
  const told = factOf(credential, "shown").split("+");
  const methods: readonly Method[] = ["password", "totp", "key", "passkey"];
  return methods.filter((method) => told.includes(method));
}
