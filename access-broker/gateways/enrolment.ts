/** Enrolment at the broker: a card proves a home once, its gateway's key gets a certificate, and that certificate renews itself. */

import { createHash, randomBytes } from "node:crypto";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject } from "../../gateway-core/contract/json.ts";
import { type Card, type CertificateAnswer, isTicket } from "../../gateway-core/contract/link.ts";

const cardMs = 7 * 24 * 60 * 60_000;

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
}

/** Signs a certificate request for a home. */
export type SignGateway = (
  csr: string,
  number: AccessNumber,
) => Promise<{ readonly answer: CertificateAnswer; readonly serial: string; readonly expiresAt: number }>;

export interface Enrolment {
  /**
   * Uses a card: `{token, csr}`. The home's earlier gateways are no longer known from then on.
   * @throws HomeError `card-invalid`, `card-used`, `card-expired`, `certificate-refused`
   */
  enrol(input: unknown): Promise<{ readonly number: AccessNumber; readonly answer: CertificateAnswer }>;
  /** The next certificate for a gateway that is linked as this home. @throws HomeError `certificate-refused` */
  renew(number: AccessNumber, csr: string): Promise<CertificateAnswer>;
}

export function createEnrolment(store: EnrolmentStore, sign: SignGateway, clock: Clock): Enrolment {
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
    async renew(number, csr) {
      const { answer, serial, expiresAt } = await sign(csr, number);
      await store.addCertificate({ serial, number, expiresAt });
      return answer;
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
