/** A person's key and the commands that they sign with it. */

import { createHash, generateKeyPairSync } from "node:crypto";
import { sshKeyOfJwk } from "../../gateway-core/bytes/ssh-public-key.ts";
import { signText } from "../../gateway-core/command-signatures/sign-text.ts";
import type { Command } from "../../gateway-core/contract/messages.ts";
import { signedText } from "../../gateway-core/contract/signed-command.ts";

export interface Signer {
  /** The public half, as JSON text. */
  readonly jwk: string;
  readonly line: string;
  readonly fingerprint: string;
  /** The command with a signature. */
  sign(command: Command & { readonly expires: number }, home: string): Command & { readonly signature: string };
}

export function makeSigner(kind: "ed25519" | "P-256" = "P-256"): Signer {
  const { publicKey, privateKey } =
    kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const { type, blob } = sshKeyOfJwk(jwk);
  const fingerprint = `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
  return {
    jwk: JSON.stringify(jwk),
    line: `${type} ${Buffer.from(blob).toString("base64")}`,
    fingerprint,
    sign(command, home) {
      return { ...command, signature: signText(privateKey, signedText({ home, ...command })) };
    },
  };
}
