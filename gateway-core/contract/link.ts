/**
 * What gateway and access broker say to each other: the card, the ALPN names of the links that the home dials out, and
 * the messages on the control link (docs/interfaces.md, enrolment card and link). link.schema.json says the same as a schema.
 */

import { type AccessNumber, isAccessNumber } from "./access-number.ts";
import {
  type DescriptorAnswer,
  type DescriptorQuery,
  type DescriptorsState,
  readDescriptorAnswer,
  readDescriptorQuery,
  readDescriptorsState,
} from "./descriptor-query.ts";
import { HomeError } from "./errors.ts";
import { instantOf } from "./instant.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { type MediaAsk, readMediaAsk } from "./media-link.ts";
import { type RemoteDown, type RemoteUp, readHomeTopic, readRemoteCommand, readSnapshotEnd } from "./remote-link.ts";

/**
 * Control: MQTT 3.1.1, always on. Data: one line with a ticket, then HTTP/2 in reverse (the dialler serves). Proxy: HTTP/2,
 * where the dialler asks; a CONNECT to `proxyAuthority` opens a connection to the outbound proxy (RFC 9113 §8.5). Media: one
 * line with a ticket, then the pieces of one rung of one device's stream (bytes/media-frames.ts).
 */
export const linkProtocols: {
  readonly control: "genkan-mqtt/1";
  readonly data: "genkan-h2/1";
  readonly proxy: "genkan-proxy/1";
  readonly media: "genkan-media/1";
} = { control: "genkan-mqtt/1", data: "genkan-h2/1", proxy: "genkan-proxy/1", media: "genkan-media/1" };

/** The one place that a proxy link leads to: what the computers of the home ask stands inside. */
export const proxyAuthority = "proxy.invalid:80";
/** Connections of a home's computers at once. */
export const mostProxyStreams = 256;

/** The client id of every gateway: a home has one, so a newer connection takes the older one's place. */
export const gatewayClientId = "gateway";
/** Seconds between signs of life. A frozen gateway is away after one and a half of them. */
export const keepaliveSeconds = 10;
/** HTTP/2 flow control window of the data link in octets: wide enough for a fast link, short enough for a full one. */
export const windowOctets: number = 256 * 1024;

/**
 * Set by the access broker alone: who is asking, and what they may see and do here (contract/grant.ts). Name and grant
 * are percent-encoded (RFC 3986), the grant as JSON. A request without a grant that can be read is refused.
 */
export const viewerHeaders: {
  readonly name: "genkan-viewer";
  readonly session: "genkan-viewer-session";
  readonly grant: "genkan-viewer-grant";
} = {
  name: "genkan-viewer",
  session: "genkan-viewer-session",
  grant: "genkan-viewer-grant",
};

/** Directions are disjoint: the gateway publishes only `up/…` and hears only `down/…`. */
export const downFilter = "down/#";

/** What the gateway tells. */
export type UpMessage =
  | RemoteUp
  | { readonly topic: "up/page"; readonly body: { readonly isOffered: boolean } }
  | { readonly topic: "up/renew"; readonly body: { readonly csr: string } }
  | { readonly topic: "up/descriptor"; readonly body: DescriptorQuery };

/** What the access broker asks or answers. */
export type DownMessage =
  | RemoteDown
  | { readonly topic: "down/open"; readonly body: OpenLink }
  | { readonly topic: "down/certificate"; readonly body: CertificateAnswer }
  | { readonly topic: "down/descriptor"; readonly body: DescriptorAnswer }
  | { readonly topic: "down/descriptors"; readonly body: DescriptorsState }
  /** The broker goes down: the gateway comes back within `spreadMs`, at a moment of its own. */
  | { readonly topic: "down/leaving"; readonly body: { readonly spreadMs: number } };

/** Dial another link, with this ticket. */
export type OpenLink =
  | { readonly protocol: "genkan-h2/1"; readonly ticket: string }
  | ({ readonly protocol: "genkan-media/1"; readonly ticket: string } & MediaAsk);

/** The answer to `POST /enrol` and to `up/renew`: PEM, the gateway's own certificate and those above it. */
export interface CertificateAnswer {
  readonly certificate: string;
  readonly chain: readonly string[];
  /** As on the card, for gateways whose card did not say. */
  readonly descriptorKey?: string;
}

/** What a subscriber is handed to enrol a gateway with: as good as a key until it is used. */
export interface Card {
  readonly v: 1;
  /** Origin of the user port, such as `https://genkan.localhost:8443`. */
  readonly broker: string;
  readonly number: AccessNumber;
  /** SHA-256 of the DER certificate of the broker's authority, lower-case hex. */
  readonly caSha256: string;
  readonly token: string;
  /** RFC 3339. */
  readonly expires: string;
  /** The provider's Ed25519 key that signs device descriptors: SubjectPublicKeyInfo, DER, base64url. Early cards have none. */
  readonly descriptorKey?: string;
}

/** No broker keeps its homes away for longer. */
const longestSpreadMs = 10 * 60_000;
const ticketForm = /^[A-Za-z0-9_-]{16,64}$/;
const isPem = (value: unknown): value is string =>
  typeof value === "string" && value.length <= 8192 && value.startsWith("-----BEGIN ");

const isDescriptorKey = (value: unknown): value is string =>
  typeof value === "string" && value.length <= 512 && /^[A-Za-z0-9_-]+$/.test(value);

export function isTicket(value: unknown): value is string {
  return typeof value === "string" && ticketForm.test(value);
}

/**
 * Reads what a gateway published; undefined for a topic that this version does not know.
 * @throws HomeError `link-message-invalid`
 */
export function parseUpMessage(topic: string, payload: string): UpMessage | undefined {
  if (topic === "up/page") {
    const { isOffered } = members(topic, payload);
    if (typeof isOffered === "boolean") return { topic, body: { isOffered } };
  } else if (topic === "up/renew") {
    const { csr } = members(topic, payload);
    if (isPem(csr)) return { topic, body: { csr } };
  } else if (topic === "up/descriptor") {
    const body = readDescriptorQuery(members(topic, payload));
    if (body !== undefined) return { topic, body };
  } else if (topic === "up/home") {
    const body = readHomeTopic(members(topic, payload));
    if (body !== undefined) return { topic, body };
  } else if (topic === "up/snapshot") {
    const body = readSnapshotEnd(members(topic, payload));
    if (body !== undefined) return { topic, body };
  } else return undefined;
  throw invalid(topic);
}

/**
 * Reads what the access broker published; undefined for a topic that this version does not know.
 * @throws HomeError `link-message-invalid`
 */
export function parseDownMessage(topic: string, payload: string): DownMessage | undefined {
  if (topic === "down/open") {
    const { protocol, ticket, ...ask } = members(topic, payload);
    if (protocol === linkProtocols.data && isTicket(ticket)) return { topic, body: { protocol, ticket } };
    const media = protocol === linkProtocols.media ? readMediaAsk(ask) : undefined;
    if (media && isTicket(ticket)) return { topic, body: { protocol: linkProtocols.media, ticket, ...media } };
  } else if (topic === "down/certificate") return { topic, body: parseCertificateAnswer(members(topic, payload)) };
  else if (topic === "down/descriptor") {
    const body = readDescriptorAnswer(members(topic, payload));
    if (body !== undefined) return { topic, body };
  } else if (topic === "down/descriptors") {
    const body = readDescriptorsState(members(topic, payload));
    if (body !== undefined) return { topic, body };
  } else if (topic === "down/leaving") {
    const { spreadMs } = members(topic, payload);
    if (typeof spreadMs === "number" && spreadMs >= 0 && spreadMs <= longestSpreadMs) {
      return { topic, body: { spreadMs } };
    }
  } else if (topic === "down/remote") {
    const { isWanted } = members(topic, payload);
    if (typeof isWanted === "boolean") return { topic, body: { isWanted } };
  } else if (topic === "down/command") {
    const body = readRemoteCommand(members(topic, payload));
    if (body !== undefined) return { topic, body };
  } else return undefined;
  throw invalid(topic);
}

/** @throws HomeError `link-message-invalid` */
export function parseCertificateAnswer(input: unknown): CertificateAnswer {
  if (isJsonObject(input)) {
    const { certificate, chain, descriptorKey } = input;
    const isKeyGood = descriptorKey === undefined || isDescriptorKey(descriptorKey);
    if (isPem(certificate) && Array.isArray(chain) && chain.length <= 4 && chain.every(isPem) && isKeyGood) {
      return { certificate, chain, ...(descriptorKey === undefined ? {} : { descriptorKey }) };
    }
  }
  throw invalid("a certificate answer");
}

/** @throws HomeError `card-invalid` */
export function parseCard(input: unknown): Card {
  const told = isJsonObject(input) ? input : {};
  const { v, broker, number, caSha256, token, expires, descriptorKey } = told;
  const isText = (value: unknown): value is string => typeof value === "string" && value.length <= 512;
  if (v !== 1) throw new HomeError("card-invalid", "the card is no enrolment card of version 1");
  if (!isText(broker) || !/^https:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(broker)) throw badCard("broker");
  if (!isAccessNumber(number)) throw badCard("number");
  if (!isText(caSha256) || !/^[0-9a-f]{64}$/.test(caSha256)) throw badCard("caSha256");
  if (!isTicket(token)) throw badCard("token");
  if (!isText(expires) || instantOf(expires) === undefined) throw badCard("expires");
  const card = { v, broker, number, caSha256, token, expires } as const;
  if (descriptorKey === undefined) return card;
  if (!isDescriptorKey(descriptorKey)) throw badCard("descriptorKey");
  return { ...card, descriptorKey };
}

function members(topic: string, payload: string): JsonObject {
  try {
    const value: unknown = JSON.parse(payload);
    if (isJsonObject(value)) return value;
  } catch {
    // Told below: what is no JSON is no message either.
  }
  throw invalid(topic);
}

const invalid = (what: string): HomeError =>
  new HomeError("link-message-invalid", `${what} does not follow link.schema.json`);
const badCard = (member: string): HomeError =>
  new HomeError("card-invalid", `the card's "${member}" is not of its form`, { member });
