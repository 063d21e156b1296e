/** The access broker's settings, checked by settings.schema.json, defaults filled in (docs/interfaces.md, processes). */

import { isIP } from "node:net";
import { type Schema, Validator } from "jsonschema";
import { HomeError, toHomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../gateway-core/contract/json.ts";
import { assertTwoFactors, parseRequirement } from "./challenge/requirement.ts";
import schema from "./settings.schema.json" with { type: "json" };

export interface AccessBrokerSettings {
  readonly host: string;
  /** How new access numbers are written: contract/access-number.ts. */
  readonly numberFormat?: string;
  readonly listen: string;
  readonly userPort: number;
  readonly gatewayPort: number;
  readonly proxyPort: number;
  readonly proxy: ProxySettings;
  /** MQTTS for people's programs. */
  readonly remoteMqttPort: number;
  readonly tls: TlsSettings;
  /** `postgres://…`; without it SQLite. */
  readonly store?: string;
  readonly media: MediaSettings;
  readonly callers?: CallerSettings;
  /** Networks of the balancers that name the true source of each connection: PROXY protocol. */
  readonly balancers?: readonly string[];
  readonly operator: OperatorSettings;
}

/** The operator's listener, and whether and how the provider's people come in at the bare host. */
interface OperatorSettings {
  readonly listen: string;
  readonly port: number;
  readonly drainSeconds: number;
  readonly atBareHost: boolean;
  readonly requirement: string;
}

/** An access network that says by a header who calls, at a listener of its own. */
export interface CallerSettings {
  readonly listen: string;
  readonly port: number;
  /** In lower case. */
  readonly header: string;
  /** Networks of its servers, and SHA-256 fingerprints of their certificates where they must show one. */
  readonly peers: readonly string[];
  readonly certificates?: readonly string[];
}

/** Files of a certificate that browsers know, and of its key; without them the own authority signs. */
interface TlsSettings {
  readonly certificate?: string;
  readonly key?: string;
  readonly hosts: readonly { readonly name: string; readonly certificate: string; readonly key: string }[];
  readonly hstsSeconds: number;
}

/** Where the outbound proxy leads beside the internet, where it does not, and how much each home may take of it. */
interface ProxySettings {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly openAtOnce: number;
  readonly octetsPerDay: number;
  readonly idleSeconds: number;
  readonly longestSeconds: number;
}

/** How much each home may send of what its devices show. */
interface MediaSettings {
  readonly kbpsPerHome: number;
  readonly octetsPerDay: number;
  readonly linksAtOnce: number;
  readonly viewersAtOnce: number;
  readonly longestSeconds: number;
}

/** @throws HomeError `settings-invalid` that names the key: {key, …}. */
export function parseAccessBrokerSettings(input: unknown): AccessBrokerSettings {
  const settings: unknown = isJsonObject(input) ? withDefaults(input) : input;
  const [error] = new Validator().validate(settings, schemaToValidate).errors;
  if (error !== undefined) throw invalid(error.property.replace(/^instance\.?/, ""), error.message);
  const parsed = settings as AccessBrokerSettings;
  for (const [key, listen] of [
    ["listen", parsed.listen],
    ["operator.listen", parsed.operator.listen],
    ["callers.listen", parsed.callers?.listen ?? parsed.listen],
  ] as const) {
    if (isIP(listen) === 0) throw invalid(key, `"${listen}" is no IP address`);
  }
  assertStrong(parsed.operator.requirement);
  return parsed;
}

function assertStrong(requirement: string): void {
  try {
    assertTwoFactors(parseRequirement(requirement));
  } catch (thrown) {
    throw invalid("operator.requirement", toHomeError(thrown).message);
  }
}

const withDefaults = ({ proxy = {}, tls = {}, operator = {}, media = {}, ...input }: JsonObject): JsonObject => ({
  ...defaultsOf(schema.properties),
  ...input,
  proxy: filled(proxy, schema.properties.proxy.properties),
  tls: filled(tls, schema.properties.tls.properties),
  operator: filled(operator, schema.properties.operator.properties),
  media: filled(media, schema.properties.media.properties),
});

const filled = (told: Json, properties: Readonly<Record<string, object>>): Json =>
  isJsonObject(told) ? { ...defaultsOf(properties), ...told } : told;

/** The certificates by file: the one for all names stands under `*`. */
export function certificateFilesOf({ tls }: AccessBrokerSettings): AccessBrokerSettings["tls"]["hosts"] {
  const { certificate, key, hosts } = tls;
  return certificate === undefined || key === undefined ? hosts : [...hosts, { name: "*", certificate, key }];
}

/** A self-made authority may be taken back, and a developer's names serve other things too: no browser is bound to them. */
export function hstsSecondsOf(settings: AccessBrokerSettings): number {
  const isLocal = /(^|\.)localhost$/.test(settings.host);
  return isLocal || certificateFilesOf(settings).length === 0 ? 0 : settings.tls.hstsSeconds;
}

function defaultsOf(properties: Readonly<Record<string, object>>): JsonObject {
  const known = Object.entries(properties).flatMap(([name, one]) => ("default" in one ? [[name, one.default]] : []));
  return Object.fromEntries(known) as JsonObject;
}

/** JSON's own types know a schema's words only as strings. */
const schemaToValidate = schema as unknown as Schema;

function invalid(key: string, reason: string): HomeError {
  const path = key === "" ? "accessBroker" : `accessBroker.${key}`;
  return new HomeError("settings-invalid", `${path}: ${reason}`, { key: path, reason });
}
