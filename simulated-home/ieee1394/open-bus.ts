/** The simulated bus of a scenario: its devices plugged in, and the socket at which the gateway finds it. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { AvcFaults } from "./avc/subunit.ts";
import { openBusServer } from "./bus-server.ts";
import { createModel, type DevicePlan, type ModelName } from "./models.ts";
import type { RomFaults } from "./rom-faults.ts";
import { createSimulatedBus } from "./simulated-bus.ts";
import type { StreamFaults } from "./stream/stream-faults.ts";

export interface ScenarioBus {
  readonly gapCount?: number;
  readonly latencyMs?: number;
  readonly nodes: readonly ScenarioBusNode[];
}

export interface ScenarioBusNode {
  readonly model: ModelName;
  readonly guid?: string;
  readonly cassette?: "none" | "protected";
  readonly faults?: AvcFaults;
  readonly isOffline?: boolean;
  readonly streamFaults?: StreamFaults;
  readonly romFaults?: RomFaults;
}

export interface OpenBus extends AsyncDisposable {
  readonly url: string;
}

/** @throws HomeError `address-unusable`. */
export async function openScenarioBus({ nodes, ...plan }: ScenarioBus, clock: Clock, port: number): Promise<OpenBus> {
  const bus = createSimulatedBus({ clock, ...plan });
  for (const { faults, ...node } of nodes) {
    const device: DevicePlan = { clock, ...node, ...(faults === undefined ? {} : { faults: { ...faults } }) };
    bus.plug(createModel(device));
  }
  return openBusServer(bus, port);
}
