/** Settings of an adapter of another package, held to the schema that it brings. */

import { Validator } from "jsonschema";
import { HomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";

/** @throws HomeError `settings-invalid` that names the key: {key: "adapters.<protocol>.…", reason} */
export function checkConfig(protocol: string, schema: JsonObject, config: JsonObject): void {
  const [error] = errorsOf(protocol, schema, config);
  if (error === undefined) return;
  const key = error.property.replace(/^instance/, `adapters.${protocol}`);
  throw new HomeError("settings-invalid", `${key}: ${error.message}`, { key, reason: error.message });
}

function errorsOf(protocol: string, schema: JsonObject, config: JsonObject) {
  try {
    return new Validator().validate(config, schema).errors;
  } catch (cause) {
    const key = `adapters.${protocol}`;
    const reason = "the adapter's own schema cannot be applied";
    throw new HomeError("settings-invalid", `${key}: ${reason}`, { key, reason }, cause);
  }
}
