/** A signature of `ssh-keygen -Y sign` (OpenSSH PROTOCOL.sshsig), armored; and a bare one over the message itself. Pure. */

import { createHash, verify } from "node:crypto";
import { ByteWriter } from "../../gateway-core/bytes/byte-writer.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { decodeSshKey, type SshKey } from "./ssh-key.ts";
import { SshReader } from "./ssh-reader.ts";

const magic = Buffer.from("SSHSIG");
const armor = /^-----BEGIN SSH SIGNATURE-----([A-Za-z0-9+/=\s]{1,4096})-----END SSH SIGNATURE-----$/;
const hashes = ["sha256", "sha512"] as const;

export interface SshSignature {
  /** The key that it says it was made with. */
  readonly key: SshKey;
  readonly namespace: string;
  readonly hash: (typeof hashes)[number];
  /** 64 octets: Ed25519, or r and s of ECDSA (IEEE P1363). */
  readonly octets: Uint8Array;
}

/** @throws HomeError `value-invalid` */
export function parseSshSignature(armored: string): SshSignature {
  const [, base64] = armor.exec(armored.trim()) ?? [];
  if (base64 === undefined) throw invalid("it is not armored");
  const reader = new SshReader(Buffer.from(base64, "base64"), "a signature");
  if (!magic.equals(reader.octets(magic.length)) || reader.uint32() !== 1)
    throw invalid("it is no SSHSIG of version 1");
  const key = decodeSshKey(reader.string());
  const namespace = reader.text();
  reader.string();
  const name = reader.text();
  const hash = hashes.find((one) => one === name);
  if (hash === undefined) throw invalid(`"${name.slice(0, 32)}" is no hash of SSHSIG`);
  const octets = signatureOctets(key, reader.string());
  reader.end();
  return { key, namespace, hash, octets };
}

function signatureOctets({ type }: SshKey, blob: Uint8Array): Uint8Array {
  const reader = new SshReader(blob, "a signature");
  if (reader.text() !== type) throw invalid("key and signature are of different types");
  const value = reader.string();
  reader.end();
  if (type === "ssh-ed25519") return value;
  const numbers = new SshReader(value, "a signature");
  const octets = Buffer.concat([numbers.unsigned(32), numbers.unsigned(32)]);
  numbers.end();
  return octets;
}

/** Whether the signature is its own key's, over this message, for this namespace. */
export function isSshSignatureOf(
  { key, namespace, hash, octets }: SshSignature,
  message: string,
  wanted: string,
): boolean {
  const digest = createHash(hash).update(message).digest();
  const signed = new ByteWriter().octets(magic);
  for (const part of [Buffer.from(namespace), Buffer.alloc(0), Buffer.from(hash), digest]) {
    signed.uint(part.length, 4).octets(part);
  }
  return isSignatureOf(key, signed.toOctets(), octets) && namespace === wanted;
}

/** A bare signature: Ed25519; ECDSA with SHA-256 as r and s of 32 octets each, or in DER. */
export function isSignatureOf({ key, type }: SshKey, message: Uint8Array, octets: Uint8Array): boolean {
  if (type === "ssh-ed25519") return octets.length === 64 && verify(null, message, key, octets);
  return verify("sha256", message, { key, dsaEncoding: octets.length === 64 ? "ieee-p1363" : "der" }, octets);
}

const invalid = (reason: string): HomeError =>
  new HomeError("value-invalid", `no SSH signature: ${reason}`, { reason });
