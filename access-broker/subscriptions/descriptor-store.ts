/** The part of the store's port that the descriptor database keeps: what the provider signed, one after the other, and what homes asked for in vain. */

import type { Match } from "../../gateway-core/contract/descriptor.ts";
import type { GatewayRange, SignedStatement } from "../../gateway-core/contract/descriptor-offer.ts";

/** What a signed statement is about, so that it is found without being read. */
export interface DescriptorEntry {
  /** Rises with each entry. */
  readonly sequence: number;
  readonly type: string;
  /** Of a withdrawal null: all versions. */
  readonly version: string | null;
  readonly gateways: GatewayRange | null;
  /** Null: a withdrawal. */
  readonly matches: readonly Match[] | null;
}

export interface WantedEntry {
  /** The key that was detected, in JSON. */
  readonly key: string;
  /** How many different homes asked for it. */
  readonly homes: number;
  /** When one last did: milliseconds since 1970. */
  readonly askedAt: number;
}

export interface DescriptorStore {
  /** Adds all or none; false when another writer's entry is as new or newer. Entries come in rising sequence. */
  addDescriptors(entries: readonly (DescriptorEntry & SignedStatement)[]): Promise<boolean>;
  /** Those newer than a sequence, the oldest first. */
  listDescriptors(after: number): Promise<readonly DescriptorEntry[]>;
  readDescriptor(sequence: number): Promise<SignedStatement | undefined>;
  /** 0 while there is none. */
  descriptorSequence(): Promise<number>;

  /** `home`: a mark that tells homes apart and names none. The oldest of a home are dropped beyond a bound. */
  noteWanted(key: string, home: string, at: number): Promise<void>;
  forgetWanted(key: string, home: string): Promise<void>;
  /** What most homes ask for first. */
  listWanted(limit: number): Promise<readonly WantedEntry[]>;
}
