/** What this gateway keeps of its enrolment: who its broker is and how it proves itself there. The key never leaves this machine. */

import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { type AccessNumber, homeUrn, isAccessNumber } from "../contract/access-number.ts";
import type { Memory } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import type { CertificateAnswer } from "../contract/link.ts";

export interface Registration {
  readonly v: 1;
  readonly number: AccessNumber;
  /** Origin of the broker's user port. */
  readonly broker: string;
  /** Where the broker takes links: it may move, and is then asked for anew at the user port. */
  readonly gatewayPort: number;
  /** The broker's authority, PEM: nobody else is believed. */
  readonly ca: string;
  /** PKCS#8, PEM. */
  readonly key: string;
  readonly certificate: string;
  readonly chain: readonly string[];
  /** The provider's key for device descriptors, as on the card; where the card says none, as in the first certificate answer that does. */
  readonly descriptorKey?: string;
}

const name = "registration";

/** The same for as long as this gateway has its key, and telling nothing else of it. */
export function gatewayIdOf({ key }: Pick<Registration, "key">): string {
  const spki = createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64url").slice(0, 22);
}

/** Undefined when this gateway was never enrolled. @throws HomeError `store-unavailable` when what is kept cannot be read. */
export function readRegistration(memory: Memory): Registration | undefined {
  const kept = memory.read(name);
  return kept === undefined ? undefined : parseRegistration(kept);
}

/** Where people outside open this home: an origin of its own at the broker (docs/interfaces.md, origins). */
export function homeAddress({ broker, number }: Pick<Registration, "broker" | "number">): string {
  const { protocol, host } = new URL(broker);
  return `${protocol}//${number}.${host}/`;
}

export function writeRegistration(memory: Memory, registration: Registration): void {
  memory.write(name, { ...registration });
}

/**
 * The registration with the certificates of an answer, checked to be for this home and this key.
 * @throws HomeError `certificate-refused`
 */
export function withCertificate<R extends Pick<Registration, "number" | "key" | "descriptorKey">>(
  registration: R,
  answer: CertificateAnswer,
) {
  const certificate = readCertificate(answer.certificate);
  const { number, key } = registration;
  if (certificate.subjectAltName !== `URI:${homeUrn(number)}`) {
    throw new HomeError("certificate-refused", `the certificate is not for ${number}`, {
      name: certificate.subjectAltName ?? "",
    });
  }
  if (!certificate.checkPrivateKey(createPrivateKey(key))) {
    throw new HomeError("certificate-refused", "the certificate is not for this gateway's key");
  }
  // A key once known stays: who could answer in the broker's place could else sign in it too.
  const descriptorKey = registration.descriptorKey ?? answer.descriptorKey;
  return {
    ...registration,
    certificate: answer.certificate,
    chain: answer.chain,
    ...(descriptorKey === undefined ? {} : { descriptorKey }),
  };
}

/** Whether a third of the certificate's life or more is over: a home that is away for weeks then still has a good one. */
export function isRenewalDue({ certificate }: Pick<Registration, "certificate">, now: number): boolean {
  const { validFromDate, validToDate } = readCertificate(certificate);
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
  return now - from >= (to - from) / 3;
}

/** When the certificate ends: milliseconds since 1970. @throws HomeError `certificate-refused` */
export function certificateEnd({ certificate }: Pick<Registration, "certificate">): number {
  return readCertificate(certificate).validToDate.getTime();
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new HomeError("certificate-refused", "the certificate cannot be read", {}, cause);
  }
}

function parseRegistration(kept: unknown): Registration {
  const { v, number, broker, gatewayPort, ca, key, certificate, chain, descriptorKey }: JsonObject = isJsonObject(kept)
    ? kept
    : {};
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
  if (
    v === 1 &&
    isAccessNumber(number) &&
    isText(broker) &&
    typeof gatewayPort === "number" &&
    isText(ca) &&
    isText(key) &&
    isText(certificate) &&
    isTexts(chain) &&
    (descriptorKey === undefined || isText(descriptorKey))
  ) {
    const registration = { v, number, broker, gatewayPort, ca, key, certificate, chain } as const;
    return descriptorKey === undefined ? registration : { ...registration, descriptorKey };
  }
  throw new HomeError(
    "internal",
    "what is kept of this gateway's enrolment cannot be read; enrol it again with a new card",
  );
}
