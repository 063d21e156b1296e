/** The messages on the control link by which a gateway asks for descriptors that it lacks, and is answered (docs/descriptors.md, "From the access broker"). */

import type { DescriptorKey } from "./descriptor.ts";
import { type GatewayFacts, isMatch, isSequence, isVersion, type SignedStatement } from "./descriptor-offer.ts";
import { isJsonObject, type JsonObject } from "./json.ts";

/** Asks for the descriptor of a device that was found. */
export interface DescriptorQuery {
  /** Comes back with the answer. */
  readonly id: string;
  readonly gateway: GatewayFacts;
  /** What was detected; nothing that tells one device from another of its make. */
  readonly key: DescriptorKey;
  /** How many members of the key the gateway's own best descriptor agrees in: a better one alone is of use. 0: it has none. */
  readonly matched: number;
  /** What the gateway learned for this key before. */
  readonly has: { readonly type: string; readonly sequence: number } | null;
}

export type DescriptorAnswer = { readonly id: string } & (
  | ({ readonly answer: "signed" } & SignedStatement)
  /** What the gateway has is what there is. */
  | { readonly answer: "unchanged" }
  | { readonly answer: "unknown" }
);

/** Told when the gateway is heard and whenever the database changes: with another number there is news. */
export interface DescriptorsState {
  readonly sequence: number;
}

const idForm = /^[A-Za-z0-9_-]{1,64}$/;

/** Undefined for what is none. */
export function readDescriptorQuery({ id, gateway, key, matched, has }: JsonObject): DescriptorQuery | undefined {
  const facts = readGateway(gateway);
  if (!isId(id) || facts === undefined || !isMatch(key)) return undefined;
  if (typeof matched !== "number" || !Number.isInteger(matched) || matched < 0 || matched > 10) return undefined;
  if (has === null) return { id, gateway: facts, key, matched, has };
  const { type, sequence } = isJsonObject(has) ? has : {};
  if (!isShort(type) || !isSequence(sequence)) return undefined;
  return { id, gateway: facts, key, matched, has: { type, sequence } };
}

/** Undefined for what is none. */
export function readDescriptorAnswer({ id, answer, statement, signature }: JsonObject): DescriptorAnswer | undefined {
  if (!isId(id)) return undefined;
  if (answer === "unchanged" || answer === "unknown") return { id, answer };
  if (answer !== "signed" || typeof statement !== "string") return undefined;
  return isSignature(signature) ? { id, answer, statement, signature } : undefined;
}

/** Undefined for what is none. */
export function readDescriptorsState({ sequence }: JsonObject): DescriptorsState | undefined {
  return isSequence(sequence) ? { sequence } : undefined;
}

/** 64 octets in base64url. */
export function isSignature(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_-]{86}$/.test(value);
}

function readGateway(value: unknown): GatewayFacts | undefined {
  const { id, model, version } = isJsonObject(value) ? value : {};
  return isId(id) && isShort(model) && isVersion(version) ? { id, model, version } : undefined;
}

const isId = (value: unknown): value is string => typeof value === "string" && idForm.test(value);
const isShort = (value: unknown): value is string => typeof value === "string" && value !== "" && value.length <= 100;
