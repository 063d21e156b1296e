/** Reads `DIR/settings.json` with the `--set` overrides: the gateway's settings, and under `accessBroker` what broker-settings.ts reads. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../gateway-core/contract/json.ts";
import { applyOverrides, parseSettings, type Settings } from "../gateway-core/gateway.ts";

export interface AllSettings {
  readonly gateway: Settings;
  /** Not read yet: a gateway runs where an access broker cannot. */
  readonly accessBroker: Json;
}

/** Without a file all is as by default. @throws HomeError `settings-invalid`, also for a file that cannot be read. */
export function readSettings(folder: string, overrides: readonly string[]): AllSettings {
  const { accessBroker = {}, ...gateway } = applyOverrides(readFile(join(folder, "settings.json")), overrides);
  return { gateway: parseSettings(gateway), accessBroker };
}

function readFile(path: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return {};
    throw new HomeError("settings-invalid", `${path} cannot be read: ${String(cause)}`, {}, cause);
  }
  const value = parse(path, text);
  if (!isJsonObject(value)) throw new HomeError("settings-invalid", `${path} holds no JSON object`);
  return value;
}

function parse(path: string, text: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HomeError("settings-invalid", `${path} is no JSON: ${String(cause)}`, {}, cause);
  }
}
