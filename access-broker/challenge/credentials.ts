/** What this room asks of the store for what a person holds beside a password. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";

export type CredentialKind = "totp" | "recovery" | "key" | "passkey" | "app";

export interface Credential {
  readonly number: AccessNumber;
  readonly user: string;
  readonly kind: CredentialKind;
  readonly id: string;
  readonly facts: JsonObject;
  readonly counter: number;
  readonly addedAt: number;
  readonly usedAt: number | null;
}

export interface CredentialStore {
  addCredential(credential: Credential): Promise<boolean>;
  findCredential(number: AccessNumber, kind: CredentialKind, id: string): Promise<Credential | undefined>;
  findCredentialAnywhere(kind: CredentialKind, id: string): Promise<Credential | undefined>;
  listCredentialsAnywhere(kind: CredentialKind, id: string): Promise<readonly Credential[]>;
  listCredentials(number: AccessNumber, user: string): Promise<readonly Credential[]>;
  advanceCredential(credential: Credential, counter: number, usedAt: number): Promise<boolean>;
  removeCredential(number: AccessNumber, user: string, kind: CredentialKind, id: string): Promise<boolean>;
}

/** A text among a credential's facts; empty when it is not there. */
export function factOf({ facts }: Credential, name: string): string {
  const value = facts[name];
  return typeof value === "string" ? value : "";
}

/** Of one kind, beside recovery codes. */
const mostOfKind = 10;

/** Adds to what a person holds. @throws HomeError `value-invalid`, with `reason`: many or taken. */
export async function addOwn(
  store: CredentialStore,
  credential: Omit<Credential, "addedAt" | "usedAt">,
  addedAt: number,
): Promise<void> {
  const { number, user, kind } = credential;
  const held = (await store.listCredentials(number, user)).filter((one) => one.kind === kind);
  if (kind !== "recovery" && held.length >= mostOfKind) throw unfit("many");
  if (!(await store.addCredential({ ...credential, addedAt, usedAt: null }))) throw unfit("taken");
}

export const unfit = (reason: string): HomeError =>
  new HomeError("value-invalid", `this cannot be taken: ${reason}`, { reason });
