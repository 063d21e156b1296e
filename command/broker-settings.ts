/** Reads the access broker's part of `DIR/settings.json` and of the `--set` overrides. */

import { type AccessBrokerSettings, parseAccessBrokerSettings } from "../access-broker/access-broker.ts";
import { readSettings } from "./read-settings.ts";

/** @throws HomeError `settings-invalid` */
export function readBrokerSettings(folder: string, overrides: readonly string[]): AccessBrokerSettings {
  return parseAccessBrokerSettings(readSettings(folder, overrides).accessBroker);
}
