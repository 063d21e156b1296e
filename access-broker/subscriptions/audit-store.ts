/** The part of the store's port that holds the audit: appended to, never changed, dropped at its old end alone. */

import type { JsonObject } from "../../gateway-core/contract/json.ts";

export interface AuditEntry {
  readonly at: number;
  readonly event: string;
  readonly number: string | null;
  readonly user: string | null;
  readonly source: string | null;
  readonly facts: JsonObject;
}

/** An entry as it stands in the chain (audit-chain.ts); `id` rises by one. */
export interface ChainedEntry extends AuditEntry {
  readonly id: number;
  readonly hash: string;
}

/** Where the kept part of the chain begins: the number and hash of the entry before its first. */
export interface AuditAnchor {
  readonly id: number;
  /** Empty before the very first entry. */
  readonly hash: string;
}

export interface AuditStore {
  /** Appends to the chain, whoever else writes at the same time; the oldest entries are dropped beyond a bound. */
  appendAudit(entry: AuditEntry): Promise<void>;
  /** The newest entries, newest first. */
  readAudit(limit: number): Promise<readonly AuditEntry[]>;
  /** All that is kept of the chain, as it stands at one moment, the oldest first. */
  readAuditChain(): Promise<{ readonly anchor: AuditAnchor; readonly entries: readonly ChainedEntry[] }>;
}
