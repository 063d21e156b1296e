/** `genkan simulated-home`: devices that speak the real wire, in a process of their own. */

import { join } from "node:path";
import { systemHost } from "../host/system-host.ts";
import { openSimulatedHome } from "../simulated-home/simulated-home.ts";
import type { Arguments } from "./arguments.ts";
import { tellReady, untilStopped } from "./process-life.ts";

export async function runSimulatedHome(args: Arguments): Promise<void> {
  const host = systemHost(join(args.folder, "simulated-home"), args.isVerbose);
  const stopping = untilStopped();
  const panelPort = host.memory.read("panel-port");
  await using home = await openSimulatedHome({ host, ...(typeof panelPort === "number" ? { panelPort } : {}) });
  host.memory.write("panel-port", Number(new URL(home.panelUrl).port));
  tellReady(args.isJson, { panel: home.panelUrl }, home.panelUrl);
  await stopping;
}
