/** The audit as the provider reads it from the command line: whether its chain holds, and all of it to keep elsewhere. */

import { openStore, type Provider } from "./provider.ts";
import { brokenAt } from "./subscriptions/audit-chain.ts";
import type { AuditAnchor, ChainedEntry } from "./subscriptions/audit-store.ts";

export interface AuditReport {
  readonly entries: number;
  /** The newest hash: noted elsewhere, it tells later whether the end was cut off or written anew. */
  readonly head: string;
  /** The first entry that is not as it was written; null when all are. */
  readonly brokenAt: number | null;
  /** Whether the hash that was noted before is still in the chain; null when none was told. */
  readonly isKnown: boolean | null;
}

/** `noted`: a head of before. */
export async function verifyAudit({
  noted,
  ...provider
}: Provider & { readonly noted?: string | undefined }): Promise<AuditReport> {
  const { anchor, entries } = await exportAudit(provider);
  const hashes = [anchor.hash, ...entries.map(({ hash }) => hash)];
  return {
    entries: entries.length,
    head: hashes.at(-1) ?? "",
    brokenAt: brokenAt(anchor, entries) ?? null,
    isKnown: noted === undefined ? null : hashes.includes(noted),
  };
}

/** All that is kept, the oldest first, with where the chain begins. */
export async function exportAudit(
  provider: Provider,
): Promise<{ readonly anchor: AuditAnchor; readonly entries: readonly ChainedEntry[] }> {
  await using store = openStore(provider);
  return await store.readAuditChain();
}
