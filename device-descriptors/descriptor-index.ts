/** The index of a folder of descriptors: which file is for which devices, so that only those of a home's devices are read. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Match } from "../gateway-core/contract/descriptor.ts";
import { isJsonObject, type Json } from "../gateway-core/contract/json.ts";

export const indexName = "index.json";

export interface IndexEntry {
  /** Below the folder, with "/" between names. */
  readonly file: string;
  readonly match: readonly Match[];
  /** Of the text that was found in order when the index was made; a file that differs has been edited since. */
  readonly sha256: string;
}

/** The folder's index; without one, or with one that cannot be read, there are no entries. */
export function readIndex(folder: string): readonly IndexEntry[] {
  try {
    const index: unknown = JSON.parse(readFileSync(join(folder, indexName), "utf8"));
    const entries = isJsonObject(index) ? index["descriptors"] : undefined;
    return Array.isArray(entries) && entries.every(isEntry) ? entries : [];
  } catch {
    return [];
  }
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function isEntry(entry: Json): entry is Json & IndexEntry {
  if (!isJsonObject(entry)) return false;
  const { file, match, sha256 } = entry;
  return typeof file === "string" && typeof sha256 === "string" && Array.isArray(match) && match.every(isMatch);
}

function isMatch(match: unknown): boolean {
  return isJsonObject(match) && "protocol" in match && Object.values(match).every((value) => typeof value === "string");
}
