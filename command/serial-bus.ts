/** Which serial bus a command looks at: the settings' own, else that of the simulated home started from the same folder. */

import { join } from "node:path";
import type { Settings } from "../gateway-core/gateway.ts";
import { fileMemory } from "../host/system-host.ts";

/** "" for this machine's own, where it has one. */
export function busOf({ ieee1394 }: Settings, folder: string): string {
  if (ieee1394.bus !== "") return ieee1394.bus;
  const port = fileMemory(join(folder, "simulated-home")).read("bus-port");
  return typeof port === "number" ? `tcp://127.0.0.1:${port}` : "";
}
