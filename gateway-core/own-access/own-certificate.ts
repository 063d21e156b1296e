/** A certificate that the gateway makes for itself (RFC 5280): P-256, signed by its own key, good for what its fingerprint is compared with. */

import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface CertificatePair {
  /** PKCS#8, PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
}

const dayMs = 24 * 60 * 60_000;
/** Browsers take none that is longer. */
const goodMs = 820 * dayMs;

const tags = { sequence: 0x30, set: 0x31, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, time: 0x18 };
const version3 = wrap(0xa0, Uint8Array.of(0x02, 0x01, 0x02));
/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
const ecdsaWithSha256 = wrap(
  tags.sequence,
  wrap(tags.oid, Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)),
);
const commonName = wrap(tags.oid, Uint8Array.of(0x55, 0x04, 0x03));
const subjectAltName = wrap(tags.oid, Uint8Array.of(0x55, 0x1d, 0x11));
const extendedKeyUsage = wrap(tags.oid, Uint8Array.of(0x55, 0x1d, 0x25));
/** id-kp-serverAuth, 1.3.6.1.5.5.7.3.1. */
const serverAuth = wrap(tags.oid, Uint8Array.of(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01));

/** A new one for these DNS names; with the key of the one before, if there is one. */
export function makeOwnCertificate(names: readonly string[], now: number, before?: string): CertificatePair {
  const key =
    before ??
    generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const privateKey = createPrivateKey(key);
  const name = wrap(tags.sequence, wrap(tags.set, wrap(tags.sequence, commonName, wrap(tags.utf8, text("Genkan")))));
  const dns = wrap(tags.sequence, ...names.map((one) => wrap(0x82, text(one))));
  const extensions = wrap(
    tags.sequence,
    wrap(tags.sequence, subjectAltName, wrap(tags.octets, dns)),
    wrap(tags.sequence, extendedKeyUsage, wrap(tags.octets, wrap(tags.sequence, serverAuth))),
  );
  const serial = randomBytes(16);
  const info = wrap(
    tags.sequence,
    version3,
    // Positive, and without needless zeros in front.
    wrap(tags.integer, Uint8Array.of(((serial[0] ?? 0) & 0x3f) | 0x40, ...serial.subarray(1))),
    ecdsaWithSha256,
    name,
    wrap(tags.sequence, time(now - dayMs), time(now + goodMs)),
    name,
    createPublicKey(privateKey).export({ type: "spki", format: "der" }),
    wrap(0xa3, extensions),
  );
  const signature = wrap(tags.bits, Uint8Array.of(0), sign("sha256", info, privateKey));
  const lines = Buffer.from(wrap(tags.sequence, info, ecdsaWithSha256, signature))
    .toString("base64")
    .replace(/(.{64})/g, "$1\n")
    .trimEnd();
  return { key, cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n` };
}

const text = (words: string): Uint8Array => Buffer.from(words, "utf8");

/** GeneralizedTime (RFC 5280 §4.1.2.5.2), UTCTime before 2050 (§4.1.2.5.1). */
function time(at: number): Uint8Array {
  const digits = `${new Date(at).toISOString().replace(/[-:T]|\.\d+/g, "")}`;
  return digits < "2050" ? wrap(0x17, text(digits.slice(2))) : wrap(tags.time, text(digits));
}

/** One DER value (X.690 §8.1): tag, length, contents. */
function wrap(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const { length } = content;
  const lengthOctets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.of(tag, ...lengthOctets, ...content);
}
