/** What the provider does from the command line, on the state folder, whether or not the access broker runs. */

import { join } from "node:path";
import {
  type AccessNumber,
  assertInFormat,
  parseAccessNumber,
  providerDesk,
} from "../gateway-core/contract/access-number.ts";
import type { Host } from "../gateway-core/contract/clock.ts";
import type { CommunicationMethod } from "../gateway-core/contract/communication-method.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Grant } from "../gateway-core/contract/grant.ts";
import type { JsonObject } from "../gateway-core/contract/json.ts";
import type { Card } from "../gateway-core/contract/link.ts";
import { type Authority, openAuthority } from "./authority/authority.ts";
import { openSeal } from "./authority/sealing-key.ts";
import { createAccount } from "./challenge/account.ts";
import { createNonces } from "./challenge/nonces.ts";
import { createPasswordHasher } from "./challenge/password-hash.ts";
import { assertSuitablePassword } from "./challenge/password-rules.ts";
import { defaultRequirement, parseRequirement } from "./challenge/requirement.ts";
import { makeCard } from "./gateways/enrolment.ts";
import { assertHomePolicy } from "./outbound-proxy/home-policy.ts";
import { rememberedPorts, wishedPorts } from "./ports.ts";
import type { AccessBrokerSettings } from "./settings.ts";
import type { AuditEntry } from "./subscriptions/audit-store.ts";
import { assertUserName } from "./subscriptions/people.ts";
import type { Role } from "./subscriptions/people-store.ts";
import { openPostgresStore } from "./subscriptions/postgres-store.ts";
import { sealOldSecrets, sealStore } from "./subscriptions/sealed-store.ts";
import { openSqliteStore } from "./subscriptions/sqlite-store.ts";
import type { PasswordState, Store } from "./subscriptions/store.ts";

export interface Provider {
  readonly settings: AccessBrokerSettings;
  readonly host: Host;
  /** The access broker's state folder. */
  readonly folder: string;
  /** Who does it, where it is not the command line: from where, and which of the provider's people. */
  readonly by?: { readonly source: string; readonly user?: string };
}

/** An entry of the audit for what the provider did. */
export function deedOf(
  { host, by }: Pick<Provider, "host" | "by">,
  event: string,
  about: { readonly number: AccessNumber | null; readonly user?: string | null; readonly facts?: JsonObject },
): AuditEntry {
  const { number, user = null, facts = {} } = about;
  const who = by?.user === undefined ? {} : { by: by.user };
  return {
    at: host.clock.now(),
    event,
    number,
    user,
    source: by?.source ?? "command-line",
    facts: { ...facts, ...who },
  };
}

/** Numbers, users, sessions, cards, certificates and the audit. */
export function openStore(provider: Pick<Provider, "folder" | "settings">): Store {
  return sealStore(openPlainStore(provider), () => openSeal(join(provider.folder, "authority")));
}

/** Seals what an earlier version wrote in clear. */
export async function sealOld({ folder, host }: Provider, store: Store): Promise<void> {
  const count = await sealOldSecrets(store, () => openSeal(join(folder, "authority")));
  if (count > 0) host.log.write("info", "secrets-sealed", { count });
}

/** The store as it is kept: what is sealed stays sealed. */
export function openPlainStore({ folder, settings }: Pick<Provider, "folder" | "settings">): Store {
  return settings.store === undefined ? openSqliteStore(storeFile(folder)) : openPostgresStore(settings.store);
}

export const storeFile = (folder: string): string => join(folder, "access-broker.sqlite");

export function openProviderAuthority({ settings, host, folder }: Provider): Promise<Authority> {
  return openAuthority(join(folder, "authority"), settings.host, host.clock.now());
}

export interface Subscription {
  readonly number: string;
  readonly user: string;
  readonly password: string;
  /** Good for one login, which must set another: the person begins anew, and what they held beside a password is forgotten. */
  readonly isOneTime: boolean;
}

/**
 * Gives a person a password for a home; the home's access number comes to be with its first person.
 * @throws HomeError `value-invalid`, `password-unsuitable`
 */
export async function subscribe({
  number: told,
  user,
  password,
  isOneTime,
  ...provider
}: Provider & Subscription): Promise<void> {
  const number = parseAccessNumber(told);
  assertUserName(user);
  assertSuitablePassword(password, user, number);
  const passwordHash = await createPasswordHasher().hash(password);
  await using store = openStore(provider);
  await assertNumberFits(provider, store, number);
  await store.putUser({ number, user, passwordHash, state: isOneTime ? "one-time" : "password" });
  const held = isOneTime ? await store.listCredentials(number, user) : [];
  for (const { kind, id } of held) await store.removeCredential(number, user, kind, id);
  await store.appendAudit(deedOf(provider, "subscribed", { number, user, facts: { isOneTime } }));
}

/**
 * Sets what a home requires of who comes in, as challenge/requirement.ts writes it; null: the product's default again.
 * It holds at once, for open sessions too.
 * @throws HomeError `value-invalid`, `not-found` when nobody is subscribed under that number.
 */
export async function setRequirement({
  number: told,
  requirement,
  ...provider
}: Provider & { readonly number: string; readonly requirement: string | null }): Promise<void> {
  const number = parseAccessNumber(told);
  if (requirement !== null) parseRequirement(requirement);
  await using store = openStore(provider);
  await assertSubscribed(store, number);
  await store.setRequirement(number, requirement);
  const facts = { requirement: requirement ?? defaultRequirement };
  await store.appendAudit(deedOf(provider, "requirement-set", { number, facts }));
}

/**
 * Lets the computers of a home use the outbound proxy, or no longer (what is open ends within a second), and where to:
 * what is not told stays as it is.
 * @throws HomeError `value-invalid`, `settings-invalid`, `not-found` when nobody is subscribed under that number.
 */
export async function setProxy({
  number: told,
  isAllowed,
  allow,
  deny,
  ...provider
}: Provider & {
  readonly number: string;
  readonly isAllowed?: boolean;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}): Promise<void> {
  const number = parseAccessNumber(told);
  await using store = openStore(provider);
  await assertSubscribed(store, number);
  const before = await store.findProxyPolicy(number);
  const isOn = isAllowed ?? before !== undefined;
  if (!isOn && (allow ?? deny) !== undefined) {
    throw new HomeError("value-invalid", `${number} may not use the proxy: --proxy on lets it`, { number });
  }
  const policy = { allow: allow ?? before?.allow ?? [], deny: deny ?? before?.deny ?? [] };
  assertHomePolicy(policy);
  await store.setProxyPolicy(number, isOn ? policy : undefined);
  const facts = { isAllowed: isOn, ...(isOn ? policy : {}) };
  await store.appendAudit(deedOf(provider, "proxy-set", { number, facts }));
}

/**
 * Registers a key of a person's program, a line of authorized_keys; returns its fingerprint.
 * @throws HomeError `value-invalid`, `not-found` when there is no such person.
 */
export async function addKey({
  number: told,
  user,
  line,
  ...provider
}: Provider & { readonly number: string; readonly user: string; readonly line: string }): Promise<string> {
  const number = parseAccessNumber(told);
  const { clock } = provider.host;
  await using store = openStore(provider);
  if ((await store.findUser(number, user)) === undefined) {
    throw new HomeError("not-found", `there is no ${user} at ${number}`, { number });
  }
  const account = createAccount({ store, nonces: createNonces(clock), now: () => clock.now() });
  const fingerprint = await account.addKey(number, user, line);
  const facts = { kind: "key" };
  await store.appendAudit(deedOf(provider, "factor-added", { number, user, facts }));
  return fingerprint;
}

/** One line of the authentication table. */
export interface TableRow {
  readonly number: AccessNumber;
  readonly user: string;
  readonly role: Role;
  readonly state: PasswordState;
  /** Of the person or of the whole home. */
  readonly isSuspended: boolean;
  readonly grant: Grant;
  /** By which the home may be reached. */
  readonly methods: readonly CommunicationMethod[];
  /** Whether a gateway of the home has a certificate that is good. */
  readonly isEnrolled: boolean;
  /** What the home requires; the product's default where nothing is set. */
  readonly requirement: string;
  /** What the person holds beside a password, each kind once. */
  readonly factors: readonly string[];
  /** Whether the home's computers may use the outbound proxy; `limited`: not everywhere. */
  readonly proxy: "on" | "off" | "limited";
}

export async function listTable(provider: Provider): Promise<readonly TableRow[]> {
  await using store = openStore(provider);
  const rows: TableRow[] = [];
  for (const { number, user, state } of await store.listUsers()) {
    // The provider's own people live at no home.
    if (number === providerDesk) continue;
    const standing = await store.findStanding(number, user);
    // Removed while the table was read.
    if (standing === undefined) continue;
    const { role, grant, home } = standing;
    const held = await store.listCredentials(number, user);
    const policy = await store.findProxyPolicy(number);
    const isLimited = policy !== undefined && policy.allow.length + policy.deny.length > 0;
    rows.push({
      ...{ number, user, role, state, grant, methods: home.methods },
      isSuspended: standing.isSuspended || home.isSuspended,
      requirement: (await store.findRequirement(number)) ?? defaultRequirement,
      factors: [...new Set(held.map(({ kind }) => kind))].sort(),
      proxy: policy === undefined ? "off" : isLimited ? "limited" : "on",
      isEnrolled: await store.isEnrolled(number, provider.host.clock.now()),
    });
  }
  return rows;
}

/** What is subscribed already keeps its number, however new ones are written. @throws HomeError `value-invalid` */
export async function assertNumberFits(
  { settings }: Pick<Provider, "settings">,
  store: Pick<Store, "listPeople">,
  number: AccessNumber,
): Promise<void> {
  const isNew = number !== providerDesk && (await store.listPeople(number)).length === 0;
  if (isNew) assertInFormat(settings.numberFormat, number);
}

async function assertSubscribed(store: Store, number: AccessNumber): Promise<void> {
  if ((await store.listUsers()).some((user) => user.number === number)) return;
  throw new HomeError("not-found", `nobody is subscribed under ${number}`, { number });
}

/**
 * A card to enrol one gateway of a home with. It names the port that the access broker listens on, or last did.
 * @throws HomeError `value-invalid`, `not-found` when nobody is subscribed under that number.
 */
export async function issueCard({ number: told, ...provider }: Provider & { readonly number: string }): Promise<Card> {
  const number = parseAccessNumber(told);
  const { settings, host } = provider;
  await using store = openStore(provider);
  await assertSubscribed(store, number);
  const { caSha256, descriptorKey } = await openProviderAuthority(provider);
  const broker = originOf(provider, settings.host);
  const card = await makeCard(store, { broker, number, caSha256, descriptorKey }, host.clock);
  await store.appendAudit(deedOf(provider, "card-issued", { number }));
  return card;
}

/**
 * Revokes the certificates of a home's gateway: its links end within seconds, and only a new card makes another.
 * Returns how many there were.
 * @throws HomeError `value-invalid`, `not-found` when nobody is subscribed under that number.
 */
export async function revokeGateway({
  number: told,
  ...provider
}: Provider & { readonly number: string }): Promise<number> {
  const number = parseAccessNumber(told);
  await using store = openStore(provider);
  await assertSubscribed(store, number);
  const certificates = await store.removeCertificates(number);
  await store.appendAudit(deedOf(provider, "gateway-revoked", { number, facts: { certificates } }));
  return certificates;
}

/** Where a home is found: `https://090-1234-5678.genkan.localhost:8443`; the provider's own people come to the bare host. */
export function homeAddress(provider: Pick<Provider, "settings" | "host">, number: AccessNumber): string {
  const { host } = provider.settings;
  return originOf(provider, number === providerDesk ? host : `${number}.${host}`);
}

/** At the port that the access broker listens on, or last did. */
function originOf({ settings, host }: Pick<Provider, "settings" | "host">, name: string): string {
  const { users } = rememberedPorts(host, wishedPorts(settings));
  return users === 443 ? `https://${name}` : `https://${name}:${users}`;
}

/** The certificate of the authority that signs the homes' names, for browsers to trust. */
export async function caCertificatePem(provider: Provider): Promise<string> {
  return (await openProviderAuthority(provider)).servers.caPem;
}
