/** A certificate authority (RFC 5280) over ECDSA P-256: signs what the two rooms' authorities ask of it. */

import "reflect-metadata";
import { randomBytes } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { pemBlock, readOrMake } from "./key-files.ts";

const curve = { name: "ECDSA", namedCurve: "P-256" };
const signing = { name: "ECDSA", hash: "SHA-256" };
const day = 24 * 60 * 60_000;
const authorityDays = 3_650;
/** A party whose clock is somewhat slow accepts a fresh certificate too. */
const skewMs = 60 * 60_000;

export const purposes = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" } as const;

export interface Wish {
  readonly publicKey: CryptoKey;
  readonly name: { readonly type: "dns" | "url"; readonly value: string };
  readonly purpose: (typeof purposes)[keyof typeof purposes];
  readonly days: number;
}

export interface Made {
  readonly certificatePem: string;
  /** Upper-case hex. */
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface CertificateMaker {
  readonly caPem: string;
  make(wish: Wish, now: number): Promise<Made>;
}

export interface AuthorityPlan {
  readonly folder: string;
  /** The file that keeps key and certificate. */
  readonly name: string;
  readonly commonName: string;
  /** The only DNS name under which this authority is good for anything (RFC 5280 §4.2.1.10). */
  readonly onlyDns?: string;
}

/** Opens the authority, making it at the first time. */
export async function openCertificateMaker(plan: AuthorityPlan, now: number): Promise<CertificateMaker> {
  const text = await readOrMake(plan.folder, plan.name, () => makeAuthority(plan, now));
  const caPem = pemBlock(text, "CERTIFICATE");
  const ca = new X509Certificate(caPem);
  const key = Buffer.from(pemBlock(text, "PRIVATE KEY").replace(/-----[^-]+-----|\s/g, ""), "base64");
  const signingKey = await crypto.subtle.importKey("pkcs8", key, curve, false, ["sign"]);

  return {
    caPem,
    async make({ publicKey, name, purpose, days }, at) {
      const serialNumber = freshSerial();
      const notAfter = new Date(at + days * day);
      const certificate = await X509CertificateGenerator.create({
        serialNumber,
        subject: "",
        issuer: ca.subjectName,
        notBefore: new Date(at - skewMs),
        notAfter,
        signingAlgorithm: signing,
        publicKey,
        signingKey,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([purpose], false),
          // Critical, as RFC 5280 §4.1.2.6 asks where the subject is empty.
          new SubjectAlternativeNameExtension([name], true),
          await SubjectKeyIdentifierExtension.create(publicKey),
          await AuthorityKeyIdentifierExtension.create(ca.publicKey),
        ],
      });
      const expiresAt = Math.floor(notAfter.getTime() / 1000) * 1000;
      return { certificatePem: `${certificate.toString("pem")}\n`, serial: serialNumber.toUpperCase(), expiresAt };
    },
  };
}

async function makeAuthority({ commonName, onlyDns }: AuthorityPlan, now: number): Promise<string> {
  const keys = await crypto.subtle.generateKey(curve, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: freshSerial(),
    name: `CN=${commonName}`,
    notBefore: new Date(now - skewMs),
    notAfter: new Date(now + authorityDays * day),
    signingAlgorithm: signing,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(onlyDns === undefined ? [] : [new Extension("2.5.29.30", true, permittedDns(onlyDns))]),
    ],
  });
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const lines = der.toString("base64").replace(/(.{64})/g, "$1\n");
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n${certificate.toString("pem")}\n`;
}

/** NameConstraints ::= SEQUENCE { permittedSubtrees [0] { GeneralSubtree { base [2] dNSName } } }; names under 120 octets. */
function permittedDns(host: string): Uint8Array<ArrayBuffer> {
  const wrap = (tag: number, content: Uint8Array): Uint8Array => Uint8Array.of(tag, content.length, ...content);
  const name = wrap(0x82, new TextEncoder().encode(host));
  return Uint8Array.from(wrap(0x30, wrap(0xa0, wrap(0x30, name))));
}

/** 127 random bits, positive and without a leading zero octet: the text is the same for everybody who prints it. */
function freshSerial(): string {
  const octets = randomBytes(16);
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40;
  return octets.toString("hex");
}
