/**
 * What the provider signs about device descriptors (docs/descriptors.md, "From the access broker"): the signature is over
 * the statement's own text, so that nothing has to be read, let alone written anew, before it is believed.
 */

import type { Match } from "./descriptor.ts";
import { HomeError } from "./errors.ts";
import { isJsonObject, type JsonObject } from "./json.ts";

/** Who asks: answers may depend on it. */
export interface GatewayFacts {
  /** Made of the gateway's own key: the same for as long as that is. */
  readonly id: string;
  readonly model: string;
  /** `major.minor.patch`. */
  readonly version: string;
}

/** The gateways that a descriptor is for; what is left out is not asked for. */
export interface GatewayRange {
  readonly model?: string;
  /** The first version that is meant. */
  readonly from?: string;
  /** The first version that is meant no more. */
  readonly below?: string;
}

/** `sequence` rises with each statement of a provider, roll-backs included. */
export type Statement = { readonly v: 1; readonly type: string; readonly sequence: number } & (
  | {
      readonly version: string;
      readonly gateways?: GatewayRange;
      /** Checked by whoever takes it. */
      readonly descriptor: JsonObject;
    }
  /** What was offered of this type, or of this version of it, is offered no more. */
  | { readonly withdrawn: true; readonly version?: string }
);

export interface SignedStatement {
  /** The text of a Statement in JSON. */
  readonly statement: string;
  /** Ed25519 over `signedText(statement)` in UTF-8, base64url. */
  readonly signature: string;
}

/** Octets of an answer on the control link, escapes and all. */
export const longestAnswer: number = 256 * 1024;

/** What is signed: another use of the same key can never be taken for a descriptor. */
export function signedText(statement: string): string {
  return `genkan-descriptor/1\n${statement}`;
}

/** Reads a statement whose signature holds. @throws HomeError `descriptor-invalid` */
export function parseStatement(text: string): Statement {
  const { v, type, version, sequence, gateways, descriptor, withdrawn } = membersOf(text);
  if (v === 1 && isText(type) && isSequence(sequence) && (version === undefined || isVersion(version))) {
    const head = { v, type, sequence } as const;
    if (withdrawn === true) return { ...head, withdrawn, ...(version === undefined ? {} : { version }) };
    const range = gateways === undefined ? undefined : parseGatewayRange(gateways);
    if (version !== undefined && isJsonObject(descriptor)) {
      return { ...head, version, ...(range === undefined ? {} : { gateways: range }), descriptor };
    }
  }
  throw new HomeError("descriptor-invalid", "a signed statement about a descriptor has not the form of one");
}

/** @throws HomeError `descriptor-invalid` */
export function parseGatewayRange(input: unknown): GatewayRange {
  const { model, from, below, ...more } = isJsonObject(input) ? input : { more: null };
  const isModel = model === undefined || isText(model);
  const areVersions = [from, below].every((version) => version === undefined || isVersion(version));
  if (!isModel || !areVersions || Object.keys(more).length > 0) {
    throw new HomeError("descriptor-invalid", "gateways are told by model, from and below", { path: "/gateways" });
  }
  return Object.fromEntries(Object.entries({ model, from, below }).filter(([, told]) => told !== undefined));
}

export function isForGateway(range: GatewayRange | undefined, gateway: GatewayFacts): boolean {
  const { model = gateway.model, from, below } = range ?? {};
  if (model !== gateway.model) return false;
  if (from !== undefined && compareVersions(gateway.version, from) < 0) return false;
  return below === undefined || compareVersions(gateway.version, below) < 0;
}

/** Negative when the first is older. Versions are `major.minor.patch` (semver.org, without pre-releases). */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  const differences = (left ?? []).map((part, index) => part - (right?.[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

export function isVersion(value: unknown): value is string {
  return typeof value === "string" && /^[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}$/.test(value);
}

export function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** What an adapter tells of a device, small enough to be asked about. */
export function isMatch(value: unknown): value is Match {
  if (!isJsonObject(value) || typeof value["protocol"] !== "string") return false;
  const members = Object.entries(value);
  const isShort = (text: unknown): boolean => typeof text === "string" && text !== "" && text.length <= 100;
  return (
    members.length <= 10 && members.every(([name, told]) => /^[A-Za-z][A-Za-z0-9]{0,31}$/.test(name) && isShort(told))
  );
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "" && value.length <= 100;

function membersOf(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
