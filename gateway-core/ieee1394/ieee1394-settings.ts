/** The settings of the IEEE 1394 adapter. */

import { HomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";

export interface Ieee1394Settings {
  /** "" for this machine's own card, "/dev/fwN" for one of several, "none", or `tcp://127.0.0.1:PORT` of a bus behind a socket. */
  readonly bus: string;
  /** Whether devices may be told to record. */
  readonly recording: boolean;
  /** Within this time a device that does not answer is said to be unavailable. */
  readonly availabilityMs: number;
  /** How often a property is asked for that changes without saying so. */
  readonly pollMs: number;
  /** How often the bus is looked over without a bus reset. */
  readonly rediscoverMs: number;
}

/** @throws HomeError `settings-invalid`: an unknown name, or a value of the wrong kind. */
export function parseIeee1394Settings(settings: JsonObject): Ieee1394Settings {
  const {
    bus = "",
    recording = false,
    availabilityMs = 15_000,
    pollMs = 5_000,
    rediscoverMs = 60_000,
    ...unknown
  } = settings;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new HomeError("settings-invalid", `ieee1394 has no setting "${name}"`, { name });
  if (typeof bus !== "string") throw invalid("bus", "a text");
  if (typeof recording !== "boolean") throw invalid("recording", "true or false");
  return {
    bus,
    recording,
    availabilityMs: duration("availabilityMs", availabilityMs, 1_000),
    pollMs: duration("pollMs", pollMs, 200),
    rediscoverMs: duration("rediscoverMs", rediscoverMs, 1_000),
  };
}

function duration(name: string, value: unknown, minimum: number): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= minimum) return value;
  throw invalid(name, `a number of milliseconds, at least ${minimum}`);
}

function invalid(name: string, expected: string): HomeError {
  return new HomeError("settings-invalid", `ieee1394 setting "${name}" is not ${expected}`, { name });
}
