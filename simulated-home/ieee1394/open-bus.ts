/** The simulated bus of a scenario: its devices plugged in, and the socket at which the gateway finds it. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { AvcFaults } from "./avc/subunit.ts";
import { openBusServer } from "./bus-server.ts";
import { createHaviModel, type HaviModelName, isHaviModel } from "./havi/havi-models.ts";
import type { HaviFaults } from "./havi/havi-node.ts";
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
  readonly model: ModelName | HaviModelName;
  readonly guid?: string;
  readonly cassette?: "none" | "protected";
  readonly faults?: AvcFaults & HaviFaults;
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
  for (const { faults, model, ...node } of nodes) {
    const device: Omit<DevicePlan, "model"> = {
      clock,
      ...node,
      ...(faults === undefined ? {} : { faults: { ...faults } }),
    };
    bus.plug(isHaviModel(model) ? createHaviModel(model, device) : createModel({ ...device, model }));
  }
  return openBusServer(bus, port);
}
