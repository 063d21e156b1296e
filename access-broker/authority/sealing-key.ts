/** Seals what the store keeps and must be able to read again, with a key that is kept outside of it: AES-256-GCM (NIST SP 800-38D). */

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { readOrMake } from "./key-files.ts";

const name = "sealing-key";
const nonceOctets = 12;
const tagOctets = 16;

export interface Seal {
  /** `about` is bound to it: sealed for one place it opens at no other. */
  seal(text: string, about: string): string;
  /** @throws HomeError `internal` when it is no seal of this key for this place. */
  open(sealed: string, about: string): string;
}

/** Opens the key in this folder, making it at the first time. */
export async function openSeal(folder: string): Promise<Seal> {
  const text = await readOrMake(folder, name, async () => `${randomBytes(32).toString("base64url")}\n`);
  const master = Buffer.from(text.trim(), "base64url");
  if (master.length !== 32) throw new HomeError("internal", `${name} holds no key`);
  // A key of its own for this use, should there be another one day.
  const key = createHmac("sha256", master).update("credentials v1").digest();
  return {
    seal(plain, about) {
      const nonce = randomBytes(nonceOctets);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString("base64url");
    },
    open(sealed, about) {
      const octets = Buffer.from(sealed, "base64url");
      const [nonce, tag] = [octets.subarray(0, nonceOctets), octets.subarray(-tagOctets)];
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagOctets });
        decipher.setAAD(Buffer.from(about)).setAuthTag(tag);
        const body = octets.subarray(nonceOctets, -tagOctets);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
      } catch (cause) {
        throw new HomeError(
          "internal",
          "a sealed secret does not open: is the sealing key the store's own?",
          {},
          cause,
        );
      }
    },
  };
}
