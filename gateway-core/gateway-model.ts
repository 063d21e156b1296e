/** What this gateway is: model and version as its package says, told to the provider with each question about a descriptor. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject } from "./contract/json.ts";

/** `version`: major.minor.patch, without what may stand behind. */
export function gatewayModel(packageRoot: string): { readonly model: string; readonly version: string } {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  const { name, version } = isJsonObject(manifest) ? manifest : {};
  const model = typeof name === "string" ? name.replace(/^@[^/]*\//, "") : "unknown";
  const [numbers = "0.0.0"] = (typeof version === "string" ? /^\d+\.\d+\.\d+/.exec(version) : null) ?? [];
  return { model, version: numbers };
}
