/**
 * What happened at own management's door: logins, refusals, commands and changes, the newest of each, kept in the
 * gateway's state. Each entry holds the hash of the one before it, so that none is changed or left out unnoticed.
 */

import { createHash } from "node:crypto";
import type { Host, Timer } from "../contract/clock.ts";
import { forgivingMemory } from "../contract/forgiving-memory.ts";
import { isJsonObject, type Json } from "../contract/json.ts";

export type TrailEvent =
  | "login"
  | "login-refused"
  | "logout"
  | "command"
  | "request-refused"
  | "account-changed"
  | "turned-on"
  | "turned-off";

export interface TrailEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: TrailEvent;
  /** Whose name it was, as far as it is known or was said. */
  readonly name: string;
  readonly source: string;
  /** What was asked; of a command its method and path, never its value. */
  readonly about: string;
  /** SHA-256 of the hash before, a line feed, and the entry as a JSON array. */
  readonly hash: string;
}

export interface OwnTrail extends Disposable {
  note(event: TrailEvent, name: string, source: string, about?: string): void;
  /** The newest first. */
  list(most: number): readonly TrailEntry[];
}

/** Refusals have a book of their own: whoever is refused without end pushes nothing else out. */
const books = { refusals: "own-audit-refusals", deeds: "own-audit" } as const;
const mostKept = 500;
/** Written together: a book is one file. */
const settleMs = 1_000;
const longestText = 160;

export function openOwnTrail(host: Pick<Host, "clock" | "memory" | "log">): OwnTrail {
  // A disk that fails keeps nobody from their home.
  const of = { ...host, memory: forgivingMemory(host) };
  const [refusals, deeds] = [openBook(of, books.refusals), openBook(of, books.deeds)];
  return {
    note(event, name, source, about = "") {
      const [tidyName, tidyAbout] = [name, about].map((text) => text.replace(/\p{C}/gu, "").slice(0, longestText));
      const book = event.endsWith("-refused") ? refusals : deeds;
      book.add({ at: host.clock.now(), event, name: tidyName ?? "", source, about: tidyAbout ?? "" });
    },
    list: (most) => [...refusals.entries, ...deeds.entries].sort((a, b) => b.at - a.at).slice(0, most),
    [Symbol.dispose]() {
      for (const book of [refusals, deeds]) book.write();
    },
  };
}

function openBook({ clock, memory, log }: Pick<Host, "clock" | "memory" | "log">, name: string) {
  const found = memory.read(name);
  const read = found === undefined ? { anchor: "", entries: [] } : parseBook(found);
  if (read === undefined) log.write("error", "own-audit-broken", { book: name });
  let { anchor, entries } = read ?? { anchor: "", entries: [] };
  let pending: Timer | undefined;

  function write(): void {
    if (pending === undefined) return;
    pending.cancel();
    pending = undefined;
    memory.write(name, { v: 1, anchor, entries: entries.map((entry) => ({ ...entry })) });
  }
  return {
    get entries(): readonly TrailEntry[] {
      return entries;
    },
    add(entry: Omit<TrailEntry, "hash">): void {
      const before = entries.at(-1)?.hash ?? anchor;
      const all = [...entries, { ...entry, hash: hashOf(before, entry) }];
      anchor = all.at(-mostKept - 1)?.hash ?? anchor;
      entries = all.slice(-mostKept);
      pending ??= clock.after(settleMs, write);
    },
    write,
  };
}

const hashOf = (before: string, { at, event, name, source, about }: Omit<TrailEntry, "hash">): string =>
  createHash("sha256")
    .update(`${before}\n${JSON.stringify([at, event, name, source, about])}`)
    .digest("hex");

/** Undefined where the chain does not hold. */
function parseBook(found: Json): { readonly anchor: string; readonly entries: readonly TrailEntry[] } | undefined {
  const { anchor, entries } = isJsonObject(found) ? found : {};
  if (typeof anchor !== "string" || !Array.isArray(entries)) return undefined;
  const read: TrailEntry[] = [];
  for (const one of entries) {
    const entry = parseEntry(one);
    if (entry === undefined || entry.hash !== hashOf(read.at(-1)?.hash ?? anchor, entry)) return undefined;
    read.push(entry);
  }
  return { anchor, entries: read };
}

const events: readonly TrailEvent[] = [
  ...(["login", "login-refused", "logout", "command"] as const),
  ...(["request-refused", "account-changed", "turned-on", "turned-off"] as const),
];

function parseEntry(found: Json): TrailEntry | undefined {
  const { at, event: told, name, source, about, hash } = isJsonObject(found) ? found : {};
  const event = events.find((one) => one === told);
  if (typeof at !== "number" || event === undefined || typeof name !== "string") return undefined;
  if (typeof source !== "string" || typeof about !== "string" || typeof hash !== "string") return undefined;
  return { at, event, name, source, about, hash };
}
