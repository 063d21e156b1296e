/** A PKCS#10 certificate request (RFC 2986) for a P-256 key, with an empty subject: the access broker takes only the key from it. */

import { createPublicKey, type KeyObject, sign } from "node:crypto";

const sequence = 0x30;
const bitString = 0x03;
const attributes = 0xa0;
const version1 = Uint8Array.of(0x02, 0x01, 0x00);
/** AlgorithmIdentifier of ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
const ecdsaWithSha256 = wrap(sequence, Uint8Array.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

/** The request in PEM, signed by the key itself. */
export function encodeCertificateRequest(privateKey: KeyObject): string {
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const info = wrap(sequence, version1, wrap(sequence), publicKey, wrap(attributes));
  const signature = sign("sha256", info, privateKey);
  const request = wrap(sequence, info, ecdsaWithSha256, wrap(bitString, Uint8Array.of(0), signature));
  const lines = Buffer.from(request)
    .toString("base64")
    .replace(/(.{64})/g, "$1\n")
    .trimEnd();
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** One DER value (X.690 §8.1): tag, length, contents. */
function wrap(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const { length } = content;
  const lengthOctets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.of(tag, ...lengthOctets, ...content);
}
