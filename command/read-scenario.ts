/** Reads the scenario of a simulated home: a file, or by its bare name one of those that the package carries (docs/scenarios.md). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { packageRoot } from "../host/package-root.ts";

/** @throws HomeError `settings-invalid`: not there, or no JSON; what is in it is checked by whoever uses it. */
export function readScenario(nameOrFile: string): unknown {
  const isName = /^[a-z0-9-]+$/.test(nameOrFile);
  const file = isName ? join(packageRoot(), "simulated-home", "scenarios", `${nameOrFile}.json`) : nameOrFile;
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HomeError("settings-invalid", `the scenario ${nameOrFile} cannot be read: ${why}`, { file }, cause);
  }
}
