/** Passkeys of a person who has logged in: a new one, or the one that they use at another home already (Web Authentication Level 3 §7.1). */

import { createHmac } from "node:crypto";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import type { Claim } from "./challenge.ts";
import { addOwn, type CredentialStore, factOf, unfit } from "./credentials.ts";
import type { Nonces } from "./nonces.ts";
import { algorithms, parseAssertion, parseRegistration, verifyAssertion, verifyRegistration } from "./passkey.ts";
import { requestOptions } from "./passkey-challenge.ts";

const setUpMs = 10 * 60_000;
const longestLabel = 64;

type Person = Claim & { readonly user: string };

export interface PasskeyRegistrationOptions {
  readonly store: CredentialStore;
  readonly nonces: Nonces;
  readonly now: () => number;
  readonly rpId: string;
  /** The broker's own: a person's handle tells nobody who they are. */
  readonly secret: string;
}

export interface PasskeyRegistration {
  /** For the browser: `create` as PublicKeyCredentialCreationOptionsJSON, `get` as PublicKeyCredentialRequestOptionsJSON. */
  begin(person: Person): Promise<{ readonly create: JsonObject; readonly get: JsonObject }>;
  /** Adds the passkey that answered one of the two. @throws HomeError `value-invalid`, with `reason` where it is none of the form. */
  finish(person: Person, way: "create" | "get", response: Json | undefined, label: string): Promise<void>;
}

export function createPasskeyRegistration(options: PasskeyRegistrationOptions): PasskeyRegistration {
  const { store, nonces, now, rpId, secret } = options;
  const boundTo = ({ number, origin, user }: Person) => [number, origin, user];
  /** Passkeys of one person at one home bear one handle: a device keeps one passkey for a handle. */
  const handleOf = ({ number, user }: Person): string =>
    createHmac("sha256", secret)
      .update(JSON.stringify(["passkey", number, user]))
      .digest("base64url");

  async function created(person: Person, response: Json | undefined) {
    const { nonce, json } = parseRegistration(response);
    if (!nonces.isGood(nonce, "passkey create", boundTo(person))) throw unfit("nonce");
    const made = await verifyRegistration(json, nonce, person.origin, rpId);
    if (made === undefined) throw unfit("passkey");
    // Without attestation nothing shows that its maker holds the key: an id that is known anywhere is proven to be one's own by a touch (link).
    if ((await store.findCredentialAnywhere("passkey", made.id)) !== undefined) throw unfit("taken");
    if (!nonces.spend(nonce)) throw unfit("nonce");
    return made;
  }

  async function linked(person: Person, response: Json | undefined) {
    const assertion = parseAssertion(response);
    if (!nonces.isGood(assertion.nonce, "passkey get", boundTo(person))) throw unfit("nonce");
    const known = await store.findCredentialAnywhere("passkey", assertion.id);
    if (known === undefined) throw unfit("passkey");
    const publicKey = factOf(known, "publicKey");
    const { isRight, counter } = await verifyAssertion(assertion, publicKey, person.origin, rpId);
    if (!isRight) throw unfit("passkey");
    if (!nonces.spend(assertion.nonce)) throw unfit("nonce");
    return { id: assertion.id, publicKey, counter };
  }

  return {
    async begin(person) {
      const { number, user } = person;
      const own = (await store.listCredentials(number, user)).filter(({ kind }) => kind === "passkey");
      const nonce = (way: string): string => nonces.make(`passkey ${way}`, boundTo(person), setUpMs).nonce;
      const create = {
        challenge: Buffer.from(nonce("create")).toString("base64url"),
        rp: { id: rpId, name: "Genkan" },
        user: { id: handleOf(person), name: `${user} (${number})`, displayName: user },
        pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
        timeout: setUpMs,
        excludeCredentials: own.map(({ id }) => ({ type: "public-key", id })),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
      };
      return { create, get: requestOptions(nonce("get"), rpId) };
    },
    async finish(person, way, response, label) {
      const { id, publicKey, counter } = await (way === "create" ? created : linked)(person, response);
      const { number, user } = person;
      const facts = { publicKey, label: label.trim().slice(0, longestLabel) };
      await addOwn(store, { number, user, kind: "passkey", id, facts, counter }, now());
    },
  };
}
