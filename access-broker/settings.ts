/** The access broker's settings, checked by settings.schema.json, defaults filled in (docs/interfaces.md, processes). */

import { isIP } from "node:net";
import { type Schema, Validator } from "jsonschema";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { isJsonObject } from "../gateway-core/contract/json.ts";
import schema from "./settings.schema.json" with { type: "json" };

export interface AccessBrokerSettings {
  readonly host: string;
  readonly listen: string;
  readonly userPort: number;
  readonly gatewayPort: number;
  /** MQTTS for people's programs. */
  readonly remoteMqttPort: number;
  /** Files of a certificate that browsers know, and of its key; without them the own authority signs. */
  readonly cert?: string;
  readonly key?: string;
}

/** @throws HomeError `settings-invalid` that names the key: {key, …}. */
export function parseAccessBrokerSettings(input: unknown): AccessBrokerSettings {
  const settings: unknown = isJsonObject(input) ? { ...defaults, ...input } : input;
  const [error] = new Validator().validate(settings, schemaToValidate).errors;
  if (error !== undefined) throw invalid(error.property.replace(/^instance\.?/, ""), error.message);
  const parsed = settings as AccessBrokerSettings;
  if (isIP(parsed.listen) === 0) throw invalid("listen", `"${parsed.listen}" is no IP address`);
  return parsed;
}

const defaults = Object.fromEntries(
  Object.entries(schema.properties).flatMap(([name, one]) => ("default" in one ? [[name, one.default]] : [])),
);
/** JSON's own types know a schema's words only as strings. */
const schemaToValidate = schema as unknown as Schema;

function invalid(key: string, reason: string): HomeError {
  const path = key === "" ? "accessBroker" : `accessBroker.${key}`;
  return new HomeError("settings-invalid", `${path}: ${reason}`, { key: path, reason });
}
