/** A simulated AV device as a node of the bus: its registers, and the AV/C unit behind its FCP register. */

import type { AvcUnit } from "./avc/avc-unit.ts";
import { type BusNode, complete, ended, registerSpace } from "./bus-words.ts";
import { fcp } from "./host-node.ts";
import type { Registers } from "./registers.ts";

export interface BusDevice extends BusNode {
  readonly registers: Registers;
}

export function createBusDevice(guid: string, registers: Registers, unit: AvcUnit): BusDevice {
  return {
    guid,
    isContender: false,
    registers,
    reset(wire) {
      registers.reset(wire);
      unit.reset(wire);
    },
    answer(request) {
      const offset = request.address - registerSpace;
      if (offset < fcp.command || offset >= fcp.end) return registers.answer(request);
      if (request.kind !== "write" || request.octets.length > fcp.octets) return ended("type-error");
      if (offset < fcp.response) unit.command(request.source, request.octets);
      return complete();
    },
  };
}
