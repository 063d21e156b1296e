/**
 * What a person signs so that a home does a command that it demands a signature for (docs/access-link.md, commands that
 * need a signature): one text for one command, the same wherever it is made. Canonical JSON as RFC 8785 writes it.
 */

import type { Json, JsonObject } from "./json.ts";
import type { Command } from "./messages.ts";

/** What `ssh-keygen -Y sign -n` is told: a signature for anything else, as for a login, is none here. */
export const commandNamespace = "genkan-command";

/** The home of a gateway that is enrolled nowhere. */
export const unenrolledHome = "local";

export interface SignableCommand extends Required<Pick<Command, "id" | "device" | "request" | "expires">> {
  /** The access number: a key may be registered at several homes. */
  readonly home: string;
}

/** The text that is signed, without a line end. */
export function signedText({ home, device, request, id, expires }: SignableCommand): string {
  const named: JsonObject = request.kind === "set" ? {} : { name: request.name };
  const { kind, value } = request;
  const until = new Date(expires).toISOString();
  return canonicalJson({ use: commandNamespace, home, device, kind, ...named, value, id, expires: until });
}

/** RFC 8785: members in the order of their names' UTF-16 units, no white space, numbers and strings as ECMAScript prints them. */
export function canonicalJson(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(",")}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
}
