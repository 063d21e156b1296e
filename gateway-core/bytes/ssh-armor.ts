/** A signature of `ssh-keygen -Y sign` (OpenSSH PROTOCOL.sshsig), out of its armor, and the octets that it stands for. Pure. */

import { HomeError } from "../contract/errors.ts";
import { readSshKey, type SshPublicKey, strings } from "./ssh-public-key.ts";
import { SshReader } from "./ssh-reader.ts";

const magic = Buffer.from("SSHSIG");
const armor = /^-----BEGIN SSH SIGNATURE-----([A-Za-z0-9+/=\s]{1,4096})-----END SSH SIGNATURE-----$/;
const hashes = ["sha256", "sha512"] as const;

export interface ArmoredSignature {
  /** The key that it says it was made with. */
  readonly key: SshPublicKey;
  readonly namespace: string;
  readonly hash: (typeof hashes)[number];
  /** 64 octets: Ed25519, or r and s of ECDSA (IEEE P1363). */
  readonly octets: Uint8Array;
}

/** @throws HomeError `value-invalid` */
export function readArmoredSignature(armored: string): ArmoredSignature {
  const [, base64] = armor.exec(armored.trim()) ?? [];
  if (base64 === undefined) throw invalid("it is not armored");
  const reader = new SshReader(Buffer.from(base64, "base64"), "a signature");
  if (!magic.equals(reader.octets(magic.length)) || reader.uint32() !== 1)
    throw invalid("it is no SSHSIG of version 1");
  const key = readSshKey(reader.string());
  const namespace = reader.text();
  reader.string();
  const name = reader.text();
  const hash = hashes.find((one) => one === name);
  if (hash === undefined) throw invalid(`"${name.slice(0, 32)}" is no hash of SSHSIG`);
  const octets = signatureOctets(key, reader.string());
  reader.end();
  return { key, namespace, hash, octets };
}

/** What such a signature is made over, of a message with this digest. */
export function signedOctets({ namespace, hash }: Omit<ArmoredSignature, "octets" | "key">, digest: Uint8Array) {
  const parts = strings(Buffer.from(namespace), new Uint8Array(0), Buffer.from(hash), digest);
  return new Uint8Array(Buffer.concat([magic, parts]));
}

function signatureOctets({ type }: SshPublicKey, blob: Uint8Array): Uint8Array {
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

const invalid = (reason: string): HomeError =>
  new HomeError("value-invalid", `no SSH signature: ${reason}`, { reason });
