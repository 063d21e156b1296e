/** The challenge for programs: a text to be signed with a key that the person has registered, by ssh-keygen or by themselves. */

import { generateKeyPairSync } from "node:crypto";
import { type Challenge, type Claim, refused, textIn } from "./challenge.ts";
import { type CredentialStore, factOf } from "./credentials.ts";
import type { Nonces } from "./nonces.ts";
import { parseAuthorizedKey, type SshKey } from "./ssh-key.ts";
import { isSignatureOf, isSshSignatureOf, parseSshSignature } from "./ssh-signature.ts";

/** What `ssh-keygen -Y sign -n` is told. */
const namespace = "genkan";
const purpose = "key login";

export interface KeyChallengeOptions {
  readonly store: Pick<CredentialStore, "findCredential" | "advanceCredential">;
  readonly nonces: Nonces;
  readonly now: () => number;
  /** Verifies; a test counts how often. */
  readonly verify?: { readonly armored: typeof isSshSignatureOf; readonly bare: typeof isSignatureOf };
}

/**
 * `prepare` gives `{challenge, namespace, expires}`; the proof is `{challenge, signature}` with the armored output of
 * `ssh-keygen -Y sign -n genkan`, or `{challenge, signature, key}` with a bare signature in base64 and the key's fingerprint.
 */
export function createKeyChallenge({ store, nonces, now, verify }: KeyChallengeOptions): Challenge {
  const { armored, bare } = verify ?? { armored: isSshSignatureOf, bare: isSignatureOf };
  /** Verified against when there is no such key, so that it takes as long. */
  const decoy = decoyKey();
  const boundTo = ({ number, origin, user = "" }: Claim) => [number, origin, user];

  /** The registered key that made the signature. */
  async function signer({ number, user }: Claim, proof: Parameters<Challenge["judge"]>[1], challenge: string) {
    const signature = textIn(proof, "signature", 4096);
    if (proof["key"] === undefined) {
      const told = readSignature(signature);
      const isRight = armored(told, challenge, namespace);
      const known = await store.findCredential(number, "key", told.key.fingerprint);
      if (known === undefined || known.user !== user) throw refused("unknown");
      return { known, isRight };
    }
    const known = await store.findCredential(number, "key", textIn(proof, "key", 64));
    const isTheirs = known !== undefined && known.user === user;
    const key = isTheirs ? parseAuthorizedKey(factOf(known, "line")) : decoy;
    const isRight = bare(key, Buffer.from(challenge), Buffer.from(signature, "base64"));
    if (!isTheirs) throw refused("unknown");
    return { known, isRight };
  }

  return {
    async prepare(claim) {
      const { nonce, expiresAt } = nonces.make(purpose, boundTo(claim));
      const expires = new Date(expiresAt).toISOString();
      return { challenge: textFor(claim, nonce), namespace, expires };
    },
    async judge(claim, proof) {
      const challenge = textIn(proof, "challenge", 1024);
      const nonce = challenge.split(" ")[3] ?? "";
      const isOurs = nonces.isGood(nonce, purpose, boundTo(claim)) && challenge === textFor(claim, nonce);
      const { known, isRight } = await signer(claim, proof, challenge);
      if (!isOurs) throw refused("nonce-invalid");
      if (!isRight) throw refused("wrong-signature");
      if (!nonces.spend(nonce)) throw refused("nonce-used");
      await store.advanceCredential(known, 0, now());
      return { user: known.user, assurances: ["key"] };
    },
  };
}

/** One line that says what is signed: who logs in where. */
const textFor = ({ origin, user = "" }: Claim, nonce: string): string => `genkan login ${origin} ${nonce} ${user}`;

function readSignature(text: string): ReturnType<typeof parseSshSignature> {
  try {
    return parseSshSignature(text);
  } catch {
    throw refused("malformed");
  }
}

function decoyKey(): SshKey {
  const { publicKey: key } = generateKeyPairSync("ed25519");
  return { type: "ssh-ed25519", key, blob: new Uint8Array(0), fingerprint: "" };
}
