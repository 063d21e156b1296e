/** `genkan simulated-home`: devices that speak the real wire, in a process of their own. */

import { join } from "node:path";
import { loadCatalogue } from "../device-descriptors/catalogue.ts";
import type { Descriptor } from "../gateway-core/contract/descriptor.ts";
import { packageRoot } from "../host/package-root.ts";
import { systemHost } from "../host/system-host.ts";
import { openSimulatedHome } from "../simulated-home/simulated-home.ts";
import type { Arguments } from "./arguments.ts";
import { tellReady, untilStopped } from "./process-life.ts";
import { readScenario } from "./read-scenario.ts";

export async function runSimulatedHome(args: Arguments): Promise<void> {
  const host = systemHost(join(args.folder, "simulated-home"), args.isVerbose);
  const { scenario: name } = args.values;
  const scenario = name === undefined ? {} : { scenario: readScenario(name) };
  const stopping = untilStopped();
  const [panelPort, busPort, tunerPort] = ["panel-port", "bus-port", "tuner-port"].map((name) =>
    host.memory.read(name),
  );
  const ports = {
    ...(typeof panelPort === "number" ? { panelPort } : {}),
    ...(typeof busPort === "number" ? { busPort } : {}),
    ...(typeof tunerPort === "number" ? { tunerPort } : {}),
  };
  await using home = await openSimulatedHome({ host, find: descriptorFinder(), ...scenario, ...ports });
  host.memory.write("panel-port", Number(new URL(home.panelUrl).port));
  const { panelUrl, busUrl, tunerUrl } = home;
  if (busUrl !== undefined) host.memory.write("bus-port", Number(new URL(busUrl).port));
  if (tunerUrl !== undefined) host.memory.write("tuner-port", Number(new URL(tunerUrl).port));
  const facts = {
    ...{ panel: panelUrl },
    ...(busUrl === undefined ? {} : { bus: busUrl }),
    ...(tunerUrl === undefined ? {} : { tuner: tunerUrl }),
  };
  tellReady(args.isJson, facts, Object.values(facts).join("\n"));
  await stopping;
}

/** The package's catalogue, read when a device is first made from its descriptor. */
function descriptorFinder(): (eojClass: string) => Descriptor | undefined {
  let catalogue: ReturnType<typeof loadCatalogue> | undefined;
  return (eojClass) => {
    catalogue ??= loadCatalogue([join(packageRoot(), "device-descriptors")]);
    return catalogue.find({ protocol: "echonet", eojClass: `0x${eojClass}` });
  };
}
