/** A public key as OpenSSH writes it: a line of authorized_keys (sshd(8)) of ssh-ed25519 (RFC 8709) or ecdsa-sha2-nistp256 (RFC 5656), and the same as a JWK (RFC 7517). Pure. */

import { HomeError } from "../contract/errors.ts";
import { ByteWriter } from "./byte-writer.ts";
import { SshReader } from "./ssh-reader.ts";

export type SshKeyType = "ssh-ed25519" | "ecdsa-sha2-nistp256";

export interface SshPublicKey {
  readonly type: SshKeyType;
  /** Only its form has been looked at: whether it is a point of its curve is for who imports it to see. */
  readonly jwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly y?: string };
  /** The key as OpenSSH writes it on the wire. */
  readonly blob: Uint8Array;
}

/** `TYPE BASE64 [COMMENT]`; options before the type are not taken. @throws HomeError `value-invalid` */
export function readAuthorizedKey(line: string): SshPublicKey & { readonly comment: string } {
  const [, type = "", base64 = "", comment = ""] =
    /^(\S+)[ \t]+([A-Za-z0-9+/]{1,2048}={0,2})(?:[ \t]+(.{0,128}))?$/u.exec(line.trim()) ?? [];
  const key = readSshKey(Buffer.from(base64, "base64"));
  if (key.type !== type) throw invalid("the line names another type than the key");
  return { ...key, comment: comment.trim() };
}

/** @throws HomeError `value-invalid` */
export function readSshKey(blob: Uint8Array): SshPublicKey {
  const reader = new SshReader(blob, "a key");
  const type = reader.text();
  const jwk =
    type === "ssh-ed25519" ? ed25519Jwk(reader) : type === "ecdsa-sha2-nistp256" ? p256Jwk(reader) : undefined;
  if ((type !== "ssh-ed25519" && type !== "ecdsa-sha2-nistp256") || jwk === undefined) {
    throw invalid("a key is ssh-ed25519 or ecdsa-sha2-nistp256");
  }
  reader.end();
  return { type, jwk, blob };
}

/** The key of a JWK: OKP Ed25519, or EC P-256. @throws HomeError `value-invalid` */
export function sshKeyOfJwk(input: {
  readonly kty?: unknown;
  readonly crv?: unknown;
  readonly x?: unknown;
  readonly y?: unknown;
}): SshPublicKey {
  const { kty, crv } = input;
  const coordinate = (member: unknown): Uint8Array => {
    const octets = typeof member === "string" ? Buffer.from(member, "base64url") : undefined;
    if (octets?.length === 32) return octets;
    throw invalid("a coordinate of a JWK has 32 octets");
  };
  if (kty === "OKP" && crv === "Ed25519") return readSshKey(strings(Buffer.from("ssh-ed25519"), coordinate(input.x)));
  if (kty !== "EC" || crv !== "P-256") throw invalid("a JWK is of Ed25519 or P-256");
  const point = Buffer.concat([Uint8Array.of(4), coordinate(input.x), coordinate(input.y)]);
  return readSshKey(strings(Buffer.from("ecdsa-sha2-nistp256"), Buffer.from("nistp256"), point));
}

/** Octets as strings of SSH (RFC 4251 §5), one after another. */
export function strings(...parts: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  for (const part of parts) writer.uint(part.length, 4).octets(part);
  return writer.toOctets();
}

function ed25519Jwk(reader: SshReader): SshPublicKey["jwk"] {
  const x = reader.string();
  if (x.length !== 32) throw invalid("an Ed25519 key has 32 octets");
  return { kty: "OKP", crv: "Ed25519", x: Buffer.from(x).toString("base64url") };
}

function p256Jwk(reader: SshReader): SshPublicKey["jwk"] {
  const curve = reader.text();
  const point = Buffer.from(reader.string());
  if (curve !== "nistp256" || point.length !== 65 || point[0] !== 4)
    throw invalid("a P-256 key is an uncompressed point");
  return { kty: "EC", crv: "P-256", x: point.toString("base64url", 1, 33), y: point.toString("base64url", 33) };
}

const invalid = (reason: string): HomeError =>
  new HomeError("value-invalid", `no SSH public key: ${reason}`, { reason });
