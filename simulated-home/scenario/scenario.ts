/** The scenario of a simulated home (docs/scenarios.md): the shape that scenario.schema.json holds a file to. */

import { validate } from "jsonschema";
import type { Texts } from "../../gateway-core/contract/descriptor.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { ScenarioBus } from "../ieee1394/open-bus.ts";
import type { QuirkSwitches } from "../quirks/quirks.ts";
import type { ScenarioTuner } from "../tuner/network-tuner.ts";
import schema from "./scenario.schema.json" with { type: "json" };

export interface Scenario {
  readonly titles?: Texts;
  readonly seed?: number;
  readonly nodes: readonly ScenarioNode[];
  readonly script?: readonly Step[];
  /** AV devices on a serial bus. */
  readonly bus?: ScenarioBus;
  readonly tuner?: ScenarioTuner;
}

export interface ScenarioNode {
  readonly name?: string;
  readonly address?: string;
  readonly count?: number;
  readonly room?: string;
  readonly identification?: Identification;
  readonly objects: readonly ScenarioObject[];
  readonly quirks?: QuirkSwitches;
  readonly latencyMs?: number | readonly [number, number];
  readonly lossRate?: number;
  readonly alive?: boolean;
}

/** What stands in EPC 0x83: as the rules have it, not there, all zero, four octets, another after each start, or the node's in its devices too. */
export type Identification = "unique" | "none" | "zero" | "short" | "random" | "shared";

export interface ScenarioObject {
  readonly class: string;
  readonly instance?: number;
  readonly count?: number;
  readonly values?: JsonObject;
  readonly properties?: readonly string[];
  readonly behaviour?: "drift" | "still";
}

export interface Step {
  readonly atMs: number;
  readonly everyMs?: number;
  readonly node: string;
  readonly do: "set" | "kill" | "revive" | "restart" | "burst" | "move";
  readonly object?: string;
  readonly values?: JsonObject;
  readonly forMs?: number;
  readonly count?: number;
  readonly epc?: string;
  readonly edts?: readonly string[];
  readonly address?: string;
}

/** @throws HomeError `settings-invalid` with `path`, a JSON pointer to what is wrong. */
export function parseScenario(candidate: unknown): Scenario {
  const [error] = validate(candidate, schema, { nestedErrors: true }).errors;
  if (error === undefined) return candidate as Scenario;
  throw invalidAt(error.path, error.message);
}

/** What is wrong with a scenario, and where. */
export function invalidAt(path: readonly (string | number)[], reason: string): HomeError {
  const pointer = path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return new HomeError("settings-invalid", `scenario${pointer}: ${reason}`, { path: pointer });
}
