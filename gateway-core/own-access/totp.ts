/** Codes of an authenticator app: HMAC of the time (RFC 6238, RFC 4226 §5.3), six digits, half a minute each. Pure. */

import { createHmac, timingSafeEqual } from "node:crypto";

const stepMs = 30_000;
const digits = 6;
/** RFC 4648 §6. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code of one step of time. */
export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** The step that a code stands for now, one of drift either way; undefined: it is wrong. */
export function stepOf(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  const now = Math.floor(nowMs / stepMs);
  const told = Buffer.from(/^\d{6}$/.test(code) ? code : "-".repeat(digits));
  return [now, now - 1, now + 1].find((step) => step >= 0 && timingSafeEqual(Buffer.from(codeAt(secret, step)), told));
}

/** As apps take a secret, without padding; a multiple of 5 octets. */
export function base32(octets: Uint8Array): string {
  const bits = [...octets].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)] ?? "").join("");
}

/** What an app reads (otpauth, Key Uri Format). */
export const totpUri = (secret: Uint8Array, name: string): string =>
  `otpauth://totp/Genkan:${encodeURIComponent(name)}?secret=${base32(secret)}&issuer=Genkan`;
