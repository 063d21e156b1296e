/** The settings of the sources: which there are, what people call them, and how they are played. */

import { createHash } from "node:crypto";
import type { Kind } from "../contract/descriptor.ts";
import type { DeviceId } from "../contract/device.ts";
import { HomeError } from "../contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";
import { isKind } from "../contract/kinds.ts";
import { type AvOrigin, parseAvOrigin } from "./av-origin.ts";

export interface AvSourceSetting {
  readonly id: DeviceId;
  /** What people call it, unless they give it another name on the page. */
  readonly name: string;
  readonly origin: AvOrigin;
  /** What it is shown as, where that is not what its descriptor says. */
  readonly kind?: Kind;
  /** Begins again where it ends. */
  readonly loop: boolean;
}

export interface AvSettings {
  readonly sources: readonly AvSourceSetting[];
  /** How often files are looked at. */
  readonly pollMs: number;
}

/** @throws HomeError `settings-invalid`: an unknown name, a value of the wrong kind, two sources of one name */
export function parseAvSettings(settings: JsonObject): AvSettings {
  const { sources = [], pollMs = 5_000, ...unknown } = settings;
  refuseUnknown(unknown);
  if (!Array.isArray(sources)) throw invalid("sources", "a list");
  if (typeof pollMs !== "number" || !(pollMs >= 200)) throw invalid("pollMs", "a number of milliseconds, at least 200");
  const parsed = sources.map(parseSource);
  for (const { id, name } of parsed) {
    if (parsed.filter((other) => other.id === id).length > 1) throw refused(`two sources are called like "${name}"`);
  }
  return { sources: parsed, pollMs };
}

/** Of one name it is always the same, whatever else is set of the source. */
export function sourceIdOf(name: string): DeviceId {
  const plain = name.toLowerCase();
  const words = plain.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  if (/^[a-z0-9 -]+$/.test(plain) && words !== "") return `av-${words}`;
  return `av-${createHash("sha256").update(name).digest("hex").slice(0, 12)}`;
}

function parseSource(source: Json): AvSourceSetting {
  if (!isJsonObject(source)) throw invalid("sources", "a list of sources");
  const { name, from, kind, loop = false, ...unknown } = source;
  refuseUnknown(unknown);
  if (typeof name !== "string" || name.trim() === "" || name.length > 60) throw invalid("name", "a text of 1 to 60");
  if (typeof from !== "string") throw invalid("from", "a text");
  if (kind !== undefined && !isKind(kind)) throw invalid("kind", "a kind of device");
  if (typeof loop !== "boolean") throw invalid("loop", "true or false");
  const origin = parseAvOrigin(from);
  return { id: sourceIdOf(name), name, origin, loop, ...(kind === undefined ? {} : { kind }) };
}

function refuseUnknown(unknown: JsonObject): void {
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw refused(`sources have no setting "${name}"`);
}

const invalid = (name: string, expected: string): HomeError =>
  refused(`the setting "${name}" of a source is not ${expected}`);

const refused = (reason: string): HomeError =>
  new HomeError("settings-invalid", `media.sources: ${reason}`, { key: "media.sources", reason });
