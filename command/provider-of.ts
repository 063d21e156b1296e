/** What the functions of the access broker's front door work on, whether or not the broker runs. */

import { join } from "node:path";
import { systemHost } from "../host/system-host.ts";
import type { Arguments } from "./arguments.ts";
import { readBrokerSettings } from "./broker-settings.ts";

export const brokerFolder = (args: Arguments): string => join(args.folder, "access-broker");

export function provider(args: Arguments) {
  const settings = readBrokerSettings(args.folder, args.overrides);
  const folder = brokerFolder(args);
  return { settings, folder, host: systemHost(folder, args.isVerbose) };
}
