/** The settings of the ECHONET Lite adapter. */

import { HomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { automatic } from "./network-interfaces.ts";
import type { Family, Reach } from "./transport.ts";

const allFamilies: readonly Family[] = ["ipv4", "ipv6"];

/** `interfaces` default to "auto", which stands for all but loopback, `families` to both. */
export interface EchonetSettings extends Reach {
  /** Within this time a device that does not answer is said to be unavailable. */
  readonly availabilityMs: number;
  /** How often a property that changes without saying so is asked for. */
  readonly pollMs: number;
  /** How often all nodes are asked what they have. */
  readonly rediscoverMs: number;
}

/** @throws HomeError `settings-invalid`: an unknown name, or a value of the wrong kind. */
export function parseEchonetSettings(settings: JsonObject): EchonetSettings {
  const {
    interfaces = [automatic],
    families = [...allFamilies],
    availabilityMs = 30_000,
    pollMs = 30_000,
    rediscoverMs = 300_000,
    ...unknown
  } = settings;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new HomeError("settings-invalid", `echonet has no setting "${name}"`, { name });
  return {
    interfaces: listOf("interfaces", interfaces, isText, 'addresses, interface names or "auto"'),
    families: listOf("families", families, isFamily, '"ipv4" and "ipv6"'),
    availabilityMs: duration("availabilityMs", availabilityMs, 1_000),
    pollMs: duration("pollMs", pollMs, 500),
    rediscoverMs: duration("rediscoverMs", rediscoverMs, 1_000),
  };
}

function isText(entry: unknown): entry is string {
  return typeof entry === "string";
}

function isFamily(entry: unknown): entry is Family {
  return allFamilies.some((family) => family === entry);
}

function listOf<T>(name: string, value: unknown, isOne: (entry: unknown) => entry is T, what: string): readonly T[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isOne)) return value;
  throw invalid(name, `a filled array of ${what}`);
}

function duration(name: string, value: unknown, minimum: number): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= minimum) return value;
  throw invalid(name, `a number of milliseconds, at least ${minimum}`);
}

function invalid(name: string, expected: string): HomeError {
  return new HomeError("settings-invalid", `echonet setting "${name}" is not ${expected}`, { name });
}
