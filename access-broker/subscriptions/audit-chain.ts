/**
 * The chain of the audit: each entry holds the SHA-256 of the hash before it and its own canonical text, so that none is
 * changed, left out or put in between without every later hash telling. Pure.
 */

import { createHash } from "node:crypto";
import type { Json } from "../../gateway-core/contract/json.ts";
import type { AuditAnchor, ChainedEntry } from "./audit-store.ts";

/** The hash of an entry, lower-case hex: SHA-256 of the hash before it, a line feed, and the entry as one line of JSON. */
export function auditHash(before: string, { id, at, event, number, user, source, facts }: Omit<ChainedEntry, "hash">) {
  const line = canonical([id, at, event, number, user, source, facts]);
  return createHash("sha256").update(`${before}\n${line}`).digest("hex");
}

/** The entry from which on the chain does not hold, by its id; undefined when it holds to its end. */
export function brokenAt(anchor: AuditAnchor, entries: Iterable<ChainedEntry>): number | undefined {
  let { id, hash } = anchor;
  for (const entry of entries) {
    if (entry.id !== id + 1 || entry.hash !== auditHash(hash, entry)) return id + 1;
    ({ id, hash } = entry);
  }
  return undefined;
}

/** JSON with the members of objects by name (as in RFC 8785): the same text whatever store or program it went through. */
function canonical(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
