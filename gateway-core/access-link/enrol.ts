/** Enrols this gateway with a card: it makes a key, has it certified by the card's broker and keeps the registration (docs/interfaces.md, enrolment). */

import { generateKeyPairSync } from "node:crypto";
import type { Host } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { instantOf } from "../contract/instant.ts";
import { isJsonObject, type Json } from "../contract/json.ts";
import { type Card, parseCertificateAnswer, parseCard as readCard } from "../contract/link.ts";
import { encodeCertificateRequest } from "./certificate-request.ts";
import type { FindLocalEnd } from "./link-interface.ts";
import { ask, type BrokerAddress, findAuthority } from "./registered-broker.ts";
import { type Registration, withCertificate, writeRegistration } from "./registration.ts";

/** Reads a card file. @throws HomeError `card-invalid` */
export function parseCard(text: string): Card {
  let card: unknown;
  try {
    card = JSON.parse(text);
  } catch (cause) {
    throw new HomeError("card-invalid", "the card is no JSON", {}, cause);
  }
  return readCard(card);
}

/**
 * Uses the card up, over connections that begin at `from`. The registration is kept in `host.memory` before this resolves.
 * @throws HomeError `card-expired`, `card-used`, `card-invalid`, `certificate-refused`, `not-registered-broker`, `home-away`
 */
export async function enrol(
  card: Card,
  host: Pick<Host, "clock" | "memory" | "log">,
  from?: FindLocalEnd,
): Promise<Registration> {
  const { clock, memory, log } = host;
  const { broker, number, caSha256, token, descriptorKey } = card;
  if (clock.now() >= (instantOf(card.expires) ?? 0))
    throw new HomeError("card-expired", `the card expired at ${card.expires}`);
  const ca = await findAuthority(clock, { broker, caSha256, from });
  const address = { broker, ca, from };
  const gatewayPort = await findGatewayPort({ clock }, address);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const csr = encodeCertificateRequest(privateKey);
  const answer = parseCertificateAnswer(await ask(clock, address, "/enrol", { token, csr }));
  const registration: Registration = {
    v: 1,
    ...withCertificate({ number, key, ...(descriptorKey === undefined ? {} : { descriptorKey }) }, answer),
    broker,
    gatewayPort,
    ca,
  };
  writeRegistration(memory, registration);
  log.write("info", "enrolled", { number, broker });
  return registration;
}

/** Asks where the broker takes links now. @throws HomeError as `ask`. */
export async function findGatewayPort({ clock }: Pick<Host, "clock">, address: BrokerAddress): Promise<number> {
  const told: Json = await ask(clock, address, "/.well-known/genkan");
  const port = isJsonObject(told) ? told["gatewayPort"] : undefined;
  if (typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new HomeError("not-registered-broker", `${address.broker} does not tell where it takes links`);
}
