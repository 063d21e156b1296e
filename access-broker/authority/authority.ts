/**
 * The access broker's two authorities. One signs the names that browsers and gateways see, one the gateways: neither can
 * stand in for the other, and who trusts the first in a browser trusts it for the provider's host alone.
 */

import { createHash, createHmac, createPublicKey, generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { type CertificateMaker, openCertificateMaker } from "./certificate-maker.ts";
import { pemBlock, readOrMake } from "./key-files.ts";

export interface Authority {
  readonly servers: CertificateMaker;
  readonly gateways: CertificateMaker;
  /** SHA-256 of the server authority's certificate, lower-case hex: what a card pins. */
  readonly caSha256: string;
  /** The key whose signature a gateway accepts on device descriptors: Ed25519 SubjectPublicKeyInfo, base64url. */
  readonly descriptorKey: string;
  /** Signs with that key; base64url. */
  signDescriptor(text: string): string;
  /** A mark for a text that only who holds that key can make, or make again. */
  markOf(text: string): string;
}

/** Opens what is kept in `folder`, making it at the first time. `host`: the provider's host name. */
export async function openAuthority(folder: string, host: string, now: number): Promise<Authority> {
  const [servers, gateways, descriptorKey] = await Promise.all([
    openCertificateMaker({ folder, name: `server-ca.${host}.pem`, commonName: `Genkan ${host}`, onlyDns: host }, now),
    openCertificateMaker({ folder, name: "gateway-ca.pem", commonName: "Genkan gateways" }, now),
    readOrMake(folder, "descriptor-key.pem", async () => {
      const { privateKey } = generateKeyPairSync("ed25519");
      return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    }),
  ]);
  const signingKey = pemBlock(descriptorKey, "PRIVATE KEY");
  const spki = createPublicKey(signingKey).export({ type: "spki", format: "der" });
  const caSha256 = createHash("sha256").update(new X509Certificate(servers.caPem).raw).digest("hex");
  return {
    servers,
    gateways,
    caSha256,
    descriptorKey: spki.toString("base64url"),
    signDescriptor: (text) => sign(null, Buffer.from(text, "utf8"), signingKey).toString("base64url"),
    markOf: (text) => createHmac("sha256", signingKey).update(text).digest("base64url").slice(0, 22),
  };
}
