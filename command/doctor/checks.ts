/** What `genkan doctor` looks at, in this order: one file each. */

import { accessBroker } from "./access-broker.ts";
import { clock } from "./clock.ts";
import { devices } from "./devices.ts";
import { ffmpeg } from "./ffmpeg.ts";
import type { Check } from "./finding.ts";
import { interfaces } from "./interfaces.ts";
import { multicast } from "./multicast.ts";
import { nodeVersion } from "./node-version.ts";
import { port } from "./port.ts";
import { serialBus } from "./serial-bus.ts";
import { stateFolder } from "./state-folder.ts";

export const checks: readonly Check[] = [
  nodeVersion,
  stateFolder,
  clock,
  interfaces,
  multicast,
  port,
  devices,
  serialBus,
  accessBroker,
  ffmpeg,
];
