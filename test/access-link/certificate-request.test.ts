import "reflect-metadata";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { expect, it } from "vitest";
import { encodeCertificateRequest } from "../../gateway-core/access-link/certificate-request.ts";

it("A certificate request is PKCS#10 in an independent reader's eyes, signed by its own key", async () => {
  for (const namedCurve of ["P-256", "P-384"]) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve });
    const request = new Pkcs10CertificateRequest(encodeCertificateRequest(privateKey));
    expect(await request.verify()).toBe(true);
    expect(request.subject).toBe("");
    const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
    expect(Buffer.from(request.publicKey.rawData).equals(spki)).toBe(true);
  }
});
