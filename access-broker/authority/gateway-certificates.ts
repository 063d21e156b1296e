/** Signs gateways' certificates: from the request only the key is taken, everything else is ours. */

import "reflect-metadata";
import { X509Certificate } from "node:crypto";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { type AccessNumber, homeUrn, numberOfUrn } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { CertificateAnswer } from "../../gateway-core/contract/link.ts";
import { type CertificateMaker, purposes } from "./certificate-maker.ts";

const lifeDays = 30;
const longestCsr = 4096;
const longestCertificate = 8192;
const goodCurves: ReadonlySet<string> = new Set(["P-256", "P-384"]);

export interface SignedGateway {
  readonly answer: CertificateAnswer;
  readonly serial: string;
  readonly expiresAt: number;
}

export interface GatewayCertificates {
  /** What the gateway port asks client certificates to come from. */
  readonly caPem: string;
  /**
   * Signs the key of a PKCS#10 request (RFC 2986, PEM) for this home, for 30 days. Its subject and extensions are ignored.
   * @throws HomeError `certificate-refused` for a request that is none, is not signed by its key, or has a weak one.
   */
  sign(csr: string, number: AccessNumber): Promise<SignedGateway>;
  /**
   * Whose a certificate (PEM) is that this authority signed for the very key of the request; whether it is over is not asked.
   * @throws HomeError `certificate-refused`
   */
  holderOf(certificate: string, csr: string): { readonly serial: string; readonly number: AccessNumber };
}

export function createGatewayCertificates(maker: CertificateMaker, clock: Clock): GatewayCertificates {
  const authorityKey = new X509Certificate(maker.caPem).publicKey;
  return {
    caPem: maker.caPem,
    async sign(csr, number) {
      const publicKey = await keyOf(csr);
      const name = { type: "url", value: homeUrn(number) } as const;
      const wish = { publicKey, name, purpose: purposes.client, days: lifeDays };
      const { certificatePem, serial, expiresAt } = await maker.make(wish, clock.now());
      return { answer: { certificate: certificatePem, chain: [maker.caPem] }, serial, expiresAt };
    },
    holderOf(pem, csr) {
      if (pem.length > longestCertificate || csr.length > longestCsr) throw refused("it is too long");
      const certificate = readCertificate(pem);
      const name = certificate.subjectAltName ?? "";
      const number = name.startsWith("URI:") ? numberOfUrn(name.slice("URI:".length)) : undefined;
      if (number === undefined || !certificate.verify(authorityKey)) throw refused("the certificate is none of ours");
      const key = Buffer.from(parse(csr).publicKey.rawData);
      if (!key.equals(certificate.publicKey.export({ type: "spki", format: "der" })))
        throw refused("it is not of the certificate's key");
      return { serial: certificate.serialNumber, number };
    },
  };
}

async function keyOf(csr: string): Promise<CryptoKey> {
  if (csr.length > longestCsr) throw refused(`it has ${csr.length} characters; at most ${longestCsr}`);
  const request = parse(csr);
  const algorithm: { readonly name: string; readonly namedCurve?: string } = request.publicKey.algorithm;
  const { name, namedCurve = "" } = algorithm;
  if (name !== "ECDSA" || !goodCurves.has(namedCurve))
    throw refused(`the key is ${name} ${namedCurve}, not P-256 or P-384`);
  const isSigned = await request.verify().catch(() => false);
  if (!isSigned) throw refused("it is not signed by its own key");
  return request.publicKey.export();
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw refused("the certificate cannot be read", cause);
  }
}

function parse(csr: string): Pkcs10CertificateRequest {
  try {
    return new Pkcs10CertificateRequest(csr);
  } catch (cause) {
    throw refused("it is no PKCS#10 request", cause);
  }
}

const refused = (reason: string, cause?: unknown): HomeError =>
  new HomeError("certificate-refused", `the certificate request is refused: ${reason}`, { reason }, cause);
