/** Signs a command's text by a key at hand, in the form that judge-signature.ts reads. Pure. */

import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { sshKeyOfJwk } from "../bytes/ssh-public-key.ts";

/** `FINGERPRINT.SIGNATURE` of an Ed25519 or P-256 key. @throws HomeError `value-invalid` for a key of another kind. */
export function signText(key: KeyObject, text: string): string {
  const { blob, type } = sshKeyOfJwk(createPublicKey(key).export({ format: "jwk" }));
  const fingerprint = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  const octets =
    type === "ssh-ed25519"
      ? sign(null, Buffer.from(text), key)
      : sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `SHA256:${fingerprint}.${octets.toString("base64url")}`;
}
