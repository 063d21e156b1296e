/** The settings of the ECHONET Lite adapter. */

import { HomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import { automatic } from "./network-interfaces.ts";

export interface EchonetSettings {
  /** Addresses, interface names or "auto", which stands for all but loopback; default: "auto". */
  readonly interfaces: readonly string[];
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
    availabilityMs = 30_000,
    pollMs = 30_000,
    rediscoverMs = 300_000,
    ...unknown
  } = settings;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new HomeError("settings-invalid", `echonet has no setting "${name}"`, { name });
  if (
    !Array.isArray(interfaces) ||
    interfaces.length === 0 ||
    !interfaces.every((entry) => typeof entry === "string")
  ) {
    throw invalid("interfaces", 'a filled array of addresses, interface names or "auto"');
  }
  return {
    interfaces,
    availabilityMs: duration("availabilityMs", availabilityMs, 1_000),
    pollMs: duration("pollMs", pollMs, 500),
    rediscoverMs: duration("rediscoverMs", rediscoverMs, 1_000),
  };
}

function duration(name: string, value: unknown, minimum: number): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= minimum) return value;
  throw invalid(name, `a number of milliseconds, at least ${minimum}`);
}

function invalid(name: string, expected: string): HomeError {
  return new HomeError("settings-invalid", `echonet setting "${name}" is not ${expected}`, { name });
}
