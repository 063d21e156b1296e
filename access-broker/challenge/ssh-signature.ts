/** Verifies a signature of `ssh-keygen -Y sign`, and a bare one over the message itself. Pure. */

import { createHash, verify } from "node:crypto";
import { type ArmoredSignature, readArmoredSignature, signedOctets } from "../../gateway-core/bytes/ssh-armor.ts";
import { ready, type SshKey } from "./ssh-key.ts";

export interface SshSignature extends Omit<ArmoredSignature, "key"> {
  /** The key that it says it was made with. */
  readonly key: SshKey;
}

/** @throws HomeError `value-invalid` */
export function parseSshSignature(armored: string): SshSignature {
  const read = readArmoredSignature(armored);
  return { ...read, key: ready(read.key) };
}

/** Whether the signature is its own key's, over this message, for this namespace. */
export function isSshSignatureOf(signature: SshSignature, message: string, wanted: string): boolean {
  const { key, namespace, hash, octets } = signature;
  const digest = createHash(hash).update(message).digest();
  return isSignatureOf(key, signedOctets(signature, digest), octets) && namespace === wanted;
}

/** A bare signature: Ed25519; ECDSA with SHA-256 as r and s of 32 octets each, or in DER. */
export function isSignatureOf({ key, type }: SshKey, message: Uint8Array, octets: Uint8Array): boolean {
  if (type === "ssh-ed25519") return octets.length === 64 && verify(null, message, key, octets);
  return verify("sha256", message, { key, dsaEncoding: octets.length === 64 ? "ieee-p1363" : "der" }, octets);
}
