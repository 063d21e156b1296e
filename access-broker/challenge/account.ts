/** What a person holds at a home beside a password, and how they add to it and take from it. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import { addAppPassword } from "./app-password.ts";
import type { Assurance, Claim } from "./challenge.ts";
import { addOwn, type CredentialKind, type CredentialStore, factOf, unfit } from "./credentials.ts";
import type { Nonces } from "./nonces.ts";
import { newRecoveryCodes, recoveryIdOf } from "./recovery-challenge.ts";
import { parseAuthorizedKey } from "./ssh-key.ts";
import { matchCode, newTotp, tidyCode, totpUri } from "./totp-challenge.ts";

const setUpMs = 10 * 60_000;

/** What a program's password is made of; its own `grant` is narrower than its person's. */
export interface AppPassword {
  readonly label: string;
  readonly assurances: readonly Assurance[];
  readonly grant?: Grant | undefined;
}

export type Person = Claim & { readonly user: string };

/** A passkey or a key, as its owner sees it. */
export interface Held {
  readonly id: string;
  readonly label: string;
  readonly addedAt: number;
  readonly usedAt: number | null;
}

export interface Holdings {
  readonly passkeys: readonly Held[];
  readonly keys: readonly Held[];
  /** App passwords. */
  readonly apps: readonly Held[];
  readonly hasTotp: boolean;
  readonly recoveryCodesLeft: number;
}

/** A secret on its way into an app; the ticket says that it came from here. */
export interface TotpSetUp {
  readonly secret: string;
  readonly uri: string;
  readonly ticket: string;
}

export interface Account {
  holdings(number: AccessNumber, user: string): Promise<Holdings>;
  beginTotp(person: Person): TotpSetUp;
  /** The same once more, after a wrong code. @throws HomeError `value-invalid` when the ticket is not for it. */
  resumeTotp(person: Person, secret: string, ticket: string): TotpSetUp;
  /** Takes the app for the person's own once its code is right. @throws HomeError `value-invalid`, with `reason`: code or ticket. */
  finishTotp(person: Person, secret: string, ticket: string, code: string): Promise<void>;
  /** Ten new codes, told once; those before are good no more. */
  renewRecoveryCodes(number: AccessNumber, user: string): Promise<readonly string[]>;
  /** An app password that stands for what its person has shown; told once. @throws HomeError `value-invalid` */
  addApp(person: Pick<Person, "number" | "user">, app: AppPassword): Promise<string>;
  /** A line of authorized_keys; returns the key's fingerprint. @throws HomeError `value-invalid` */
  addKey(number: AccessNumber, user: string, line: string): Promise<string>;
  remove(number: AccessNumber, user: string, kind: CredentialKind, id: string): Promise<boolean>;
}

export interface AccountOptions {
  readonly store: CredentialStore;
  readonly nonces: Nonces;
  readonly now: () => number;
}

export function createAccount({ store, nonces, now }: AccountOptions): Account {
  const boundTo = ({ number, origin, user }: Person) => [number, origin, user];

  const add = (credential: Parameters<typeof addOwn>[1]) => addOwn(store, credential, now());

  const account: Account = {
    async holdings(number, user) {
      const list = await store.listCredentials(number, user);
      const of = (kind: CredentialKind): readonly Held[] =>
        list
          .filter((one) => one.kind === kind)
          .map((one) => ({ id: one.id, label: factOf(one, "label"), addedAt: one.addedAt, usedAt: one.usedAt }));
      const [hasTotp, recoveryCodesLeft] = [of("totp").length > 0, of("recovery").length];
      return { passkeys: of("passkey"), keys: of("key"), apps: of("app"), hasTotp, recoveryCodesLeft };
    },

    beginTotp(person) {
      const { secret, uri } = newTotp(person.number, person.user);
      const { nonce } = nonces.make("totp set-up", [...boundTo(person), secret], setUpMs);
      return { secret, uri, ticket: nonce };
    },
    resumeTotp(person, secret, ticket) {
      if (!nonces.isGood(ticket, "totp set-up", [...boundTo(person), secret])) throw unfit("ticket");
      return { secret, uri: totpUri(secret, person.number, person.user), ticket };
    },
    async finishTotp(person, secret, ticket, code) {
      account.resumeTotp(person, secret, ticket);
      const { number, user } = person;
      const step = matchCode(secret, tidyCode(code), now());
      if (step === undefined) throw unfit("code");
      if (!nonces.spend(ticket)) throw unfit("ticket");
      await add({ number, user, kind: "totp", id: user, facts: { secret }, counter: step });
    },

    async renewRecoveryCodes(number, user) {
      const codes = newRecoveryCodes();
      for (const { kind, id } of await store.listCredentials(number, user)) {
        if (kind === "recovery") await store.removeCredential(number, user, kind, id);
      }
      for (const code of codes) {
        await add({ number, user, kind: "recovery", id: recoveryIdOf(number, user, code), facts: {}, counter: 0 });
      }
      return codes;
    },

    addApp: (person, app) => addAppPassword(store, person, { ...app, now: now() }),

    async addKey(number, user, line) {
      const { fingerprint, comment } = parseAuthorizedKey(line);
      const facts = { line: line.trim(), label: comment === "" ? fingerprint : comment };
      await add({ number, user, kind: "key", id: fingerprint, facts, counter: 0 });
      return fingerprint;
    },

    remove: (number, user, kind, id) => store.removeCredential(number, user, kind, id),
  };
  return account;
}
