/** Enrolment at the broker: a card proves a home once, its gateway's key gets a certificate, and that certificate renews itself. */

import { createHash, randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject } from "../../gateway-core/contract/json.ts";
import { type Card, type CertificateAnswer, isTicket } from "../../gateway-core/contract/link.ts";

const cardMs = 7 * 24 * 60 * 60_000;
/** How long after its end a certificate still renews itself: a gateway that was switched off for a winter comes back by itself. */
const lateMs = 180 * 24 * 60 * 60_000;

interface StoredCard {
  readonly tokenHash: string;
  readonly number: AccessNumber;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

interface GatewayCertificate {
  readonly serial: string;
  readonly number: AccessNumber;
  readonly expiresAt: number;
}

/** What this room asks of the store. */
export interface EnrolmentStore {
  addCard(card: StoredCard): Promise<void>;
  findCard(tokenHash: string): Promise<StoredCard | undefined>;
  redeemCard(tokenHash: string, usedAt: number, certificate: GatewayCertificate): Promise<boolean>;
  addCertificate(certificate: GatewayCertificate): Promise<void>;
  findCertificate(serial: string): Promise<GatewayCertificate | undefined>;
}

/** Signs a certificate request for a home. */
export type SignGateway = (
  csr: string,
  number: AccessNumber,
) => Promise<{ readonly answer: CertificateAnswer; readonly serial: string; readonly expiresAt: number }>;

/**
 * Which home's a certificate is, when our authority signed it for the very key that signs the request.
 * @throws HomeError `certificate-refused`
 */
export type HolderOf = (certificate: string, csr: string) => { readonly serial: string; readonly number: AccessNumber };

export interface Enrolment {
  /**
   * Uses a card: `{token, csr}`. The home's earlier gateways are no longer known from then on.
   * @throws HomeError `card-invalid`, `card-used`, `card-expired`, `certificate-refused`
   */
  enrol(input: unknown): Promise<{ readonly number: AccessNumber; readonly answer: CertificateAnswer }>;
  /** The next certificate for a gateway that is linked as this home. @throws HomeError `certificate-refused` */
  renew(number: AccessNumber, csr: string): Promise<CertificateAnswer>;
  /**
   * The next certificate for a gateway whose own has ended meanwhile, so that it has no link to ask over: `{csr, certificate}`.
   * Good for half a year, and never for one that was revoked. Whoever repeats the request gets a certificate of a key that they do not have.
   * @throws HomeError `certificate-refused`
   */
  renewLate(input: unknown): Promise<{ readonly number: AccessNumber; readonly answer: CertificateAnswer }>;
}

export function createEnrolment(store: EnrolmentStore, sign: SignGateway, holderOf: HolderOf, clock: Clock): Enrolment {
  async function renew(number: AccessNumber, csr: string): Promise<CertificateAnswer> {
    const { answer, serial, expiresAt } = await sign(csr, number);
    await store.addCertificate({ serial, number, expiresAt });
    return answer;
  }

  return {
    async enrol(input) {
      const { token, csr } = parseEnrolment(input);
      const tokenHash = hashOf(token);
      const card = await store.findCard(tokenHash);
      if (card === undefined) throw new HomeError("card-invalid", "this access broker gave out no such card");
      if (card.usedAt !== null) throw used();
      if (clock.now() >= card.expiresAt) throw new HomeError("card-expired", "the card has expired");
      const { number } = card;
      const { answer, serial, expiresAt } = await sign(csr, number);
      if (!(await store.redeemCard(tokenHash, clock.now(), { serial, number, expiresAt }))) throw used();
      return { number, answer };
    },
    renew,
    async renewLate(input) {
      const { csr, certificate } = isJsonObject(input) ? input : {};
      if (typeof csr !== "string" || typeof certificate !== "string")
        throw new HomeError("certificate-refused", "a certificate and a request of its key are awaited");
      const { serial, number } = holderOf(certificate, csr);
      const known = await store.findCertificate(serial);
      if (known?.number !== number)
        throw new HomeError("certificate-refused", "the certificate is no longer known: a new card is needed");
      if (clock.now() >= known.expiresAt + lateMs)
        throw new HomeError("certificate-refused", "the certificate ended over half a year ago: a new card is needed");
      return { number, answer: await renew(number, csr) };
    },
  };
}

/** What a card tells beside its token. */
export type CardFacts = Pick<Card, "broker" | "number" | "caSha256" | "descriptorKey">;

/** Writes a card; only its token's hash is kept here. */
export async function makeCard(store: Pick<EnrolmentStore, "addCard">, facts: CardFacts, clock: Clock): Promise<Card> {
  const token = randomBytes(32).toString("base64url");
  const expiresAt = clock.now() + cardMs;
  await store.addCard({ tokenHash: hashOf(token), number: facts.number, expiresAt, usedAt: null });
  return { v: 1, ...facts, token, expires: new Date(expiresAt).toISOString() };
}

function parseEnrolment(input: unknown): { readonly token: string; readonly csr: string } {
  const { token, csr } = isJsonObject(input) ? input : {};
  if (!isTicket(token)) throw new HomeError("card-invalid", "the token is none");
  if (typeof csr !== "string") throw new HomeError("certificate-refused", "there is no certificate request");
  return { token, csr };
}

const used = (): HomeError => new HomeError("card-used", "the card has been used: it is good for one gateway");
const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");
