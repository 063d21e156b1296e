/** A public key as a line of authorized_keys (sshd(8)): ssh-ed25519 (RFC 8709) and ecdsa-sha2-nistp256 (RFC 5656). Pure. */

import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { SshReader } from "./ssh-reader.ts";

export type SshKeyType = "ssh-ed25519" | "ecdsa-sha2-nistp256";

export interface SshKey {
  readonly type: SshKeyType;
  readonly key: KeyObject;
  /** The key as OpenSSH writes it on the wire. */
  readonly blob: Uint8Array;
  /** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** `TYPE BASE64 [COMMENT]`; options before the type are not taken. @throws HomeError `value-invalid` */
export function parseAuthorizedKey(line: string): SshKey & { readonly comment: string } {
  const [, type = "", base64 = "", comment = ""] =
    /^(\S+)[ \t]+([A-Za-z0-9+/]{1,2048}={0,2})(?:[ \t]+(.{0,128}))?$/u.exec(line.trim()) ?? [];
  const key = decodeSshKey(Buffer.from(base64, "base64"));
  if (key.type !== type) throw invalid("the line names another type than the key");
  return { ...key, comment: comment.trim() };
}

/** @throws HomeError `value-invalid` */
export function decodeSshKey(blob: Uint8Array): SshKey {
  const reader = new SshReader(blob, "a key");
  const type = reader.text();
  const jwk =
    type === "ssh-ed25519" ? ed25519Jwk(reader) : type === "ecdsa-sha2-nistp256" ? p256Jwk(reader) : undefined;
  if ((type !== "ssh-ed25519" && type !== "ecdsa-sha2-nistp256") || jwk === undefined) {
    throw invalid("a key is ssh-ed25519 or ecdsa-sha2-nistp256");
  }
  reader.end();
  return { type, key: keyOf(jwk), blob, fingerprint: `SHA256:${base64Of(createHash("sha256").update(blob).digest())}` };
}

function ed25519Jwk(reader: SshReader) {
  const x = reader.string();
  if (x.length !== 32) throw invalid("an Ed25519 key has 32 octets");
  return { kty: "OKP", crv: "Ed25519", x: Buffer.from(x).toString("base64url") };
}

function p256Jwk(reader: SshReader) {
  const curve = reader.text();
  const point = Buffer.from(reader.string());
  if (curve !== "nistp256" || point.length !== 65 || point[0] !== 4)
    throw invalid("a P-256 key is an uncompressed point");
  return { kty: "EC", crv: "P-256", x: point.toString("base64url", 1, 33), y: point.toString("base64url", 33) };
}

function keyOf(jwk: Readonly<Record<string, string>>): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch (cause) {
    throw new HomeError("value-invalid", "the key is no point of its curve", { reason: "key" }, cause);
  }
}

const base64Of = (octets: Buffer): string => octets.toString("base64").replace(/=+$/, "");
const invalid = (reason: string): HomeError =>
  new HomeError("value-invalid", `no SSH public key: ${reason}`, { reason });
