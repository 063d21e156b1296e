/** A public key of OpenSSH, ready to verify with. Pure. */

import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { readAuthorizedKey, readSshKey, type SshPublicKey } from "../../gateway-core/bytes/ssh-public-key.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

export interface SshKey extends Pick<SshPublicKey, "type" | "blob"> {
  readonly key: KeyObject;
  /** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** `TYPE BASE64 [COMMENT]`. @throws HomeError `value-invalid` */
export function parseAuthorizedKey(line: string): SshKey & { readonly comment: string } {
  const { comment, ...key } = readAuthorizedKey(line);
  return { ...ready(key), comment };
}

/** @throws HomeError `value-invalid` */
export function decodeSshKey(blob: Uint8Array): SshKey {
  return ready(readSshKey(blob));
}

export function ready({ type, jwk, blob }: SshPublicKey): SshKey {
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { type, blob, key: keyOf(jwk), fingerprint: `SHA256:${digest}` };
}

function keyOf(jwk: SshPublicKey["jwk"]): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch (cause) {
    throw new HomeError("value-invalid", "the key is no point of its curve", { reason: "key" }, cause);
  }
}
