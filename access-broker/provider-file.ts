/** Subscription files on the command line: homes written to a medium and registered from one, whether or not the access broker runs. */

import { createPublicKey, verify } from "node:crypto";
import { parseAccessNumber, providerDesk } from "../gateway-core/contract/access-number.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { instantOf } from "../gateway-core/contract/instant.ts";
import { isJsonObject } from "../gateway-core/contract/json.ts";
import { parseRequirement } from "./challenge/requirement.ts";
import { assertHomePolicy } from "./outbound-proxy/home-policy.ts";
import { openProviderAuthority, openStore, type Provider } from "./provider.ts";
import type { SubscribedHome } from "./subscriptions/people-store.ts";
import type { Store } from "./subscriptions/store.ts";
import {
  fileInvalid,
  parseSubscriptionFile,
  type SubscriptionFile,
  signedText,
} from "./subscriptions/subscription-file.ts";

const lifeMs = 30 * 24 * 60 * 60_000;

/** What goes to the medium: as secret as the store itself, as it holds what people log in with. */
export interface SignedSubscriptions {
  readonly statement: string;
  /** Ed25519 with the provider's key, base64url. */
  readonly signature: string;
}

/**
 * One home, or all, as they stand in the table.
 * @throws HomeError `value-invalid`, `not-found` when nobody is subscribed there.
 */
export async function exportSubscriptions({
  number: told,
  ...provider
}: Provider & { readonly number?: string | undefined }): Promise<SignedSubscriptions> {
  const number = told === undefined ? undefined : parseAccessNumber(told);
  const { settings, host } = provider;
  await using store = openStore(provider);
  const everybody = (await store.listPeople(number)).filter((person) => person.number !== providerDesk);
  const numbers = new Set(everybody.map((person) => person.number));
  if (numbers.size === 0) throw new HomeError("not-found", `nobody is subscribed under ${told ?? "any number"}`);
  const homes = await Promise.all([...numbers].map((one) => homeIn(store, one)));
  const now = host.clock.now();
  const [made, expires] = [now, now + lifeMs].map((at) => new Date(at).toISOString());
  const file: SubscriptionFile = { host: settings.host, made: made ?? "", expires: expires ?? "", homes };
  const statement = JSON.stringify(file);
  const { signDescriptor } = await openProviderAuthority(provider);
  return { statement, signature: signDescriptor(signedText(statement)) };
}

/**
 * Registers the homes of a file in the place of what the table holds of them: all of them, or nothing is changed. What is
 * in the file was signed by this provider, for this host, within the last 30 days.
 * @throws HomeError `subscription-file-invalid`
 */
export async function importSubscriptions({
  file: input,
  ...provider
}: Provider & { readonly file: unknown }): Promise<readonly string[]> {
  const { statement, signature } = isJsonObject(input) ? input : {};
  if (typeof statement !== "string" || typeof signature !== "string") throw fileInvalid("form");
  const { descriptorKey } = await openProviderAuthority(provider);
  const key = createPublicKey({ key: Buffer.from(descriptorKey, "base64url"), format: "der", type: "spki" });
  if (!verify(null, Buffer.from(signedText(statement)), key, Buffer.from(signature, "base64url")))
    throw fileInvalid("signature");
  const { settings, host } = provider;
  const { host: name, expires, made, homes } = parseSubscriptionFile(statement);
  if (name !== settings.host) throw fileInvalid("host");
  const at = host.clock.now();
  if (at >= (instantOf(expires) ?? 0)) throw fileInvalid("expired");
  for (const { requirement, proxy } of homes) {
    if (requirement !== null) parseRequirement(requirement);
    if (proxy) assertHomePolicy(proxy);
  }
  await using store = openStore(provider);
  await store.putHomes(homes);
  for (const { number } of homes) {
    await store.appendAudit({
      at,
      event: "home-imported",
      number,
      user: null,
      source: "command-line",
      facts: { made },
    });
  }
  return homes.map(({ number }) => number);
}

async function homeIn(store: Store, number: string): Promise<SubscribedHome> {
  const { methods, isSuspended } = await store.findHomeRules(number);
  const people = (await store.listPeople(number)).map(async ({ user, role, grant, isSuspended: isOut }) => {
    const { passwordHash = "", state = "none" } = (await store.findUser(number, user)) ?? {};
    const credentials = (await store.listCredentials(number, user)).map(({ kind, id, facts, counter, addedAt }) => ({
      ...{ kind, id, facts, counter, addedAt },
    }));
    return { user, role, grant, isSuspended: isOut, passwordHash, state, credentials };
  });
  const requirement = await store.findRequirement(number);
  const proxy = (await store.findProxyPolicy(number)) ?? null;
  return { number, methods, isSuspended, requirement, people: await Promise.all(people), proxy };
}
