/** A simulated AV device as a node of the bus: its registers, and the AV/C unit behind its FCP register. */

import type { AvcUnit } from "./avc/avc-unit.ts";
import { type BusNode, complete, ended, registerSpace } from "./bus-words.ts";
import { fcp } from "./host-node.ts";
import type { Registers } from "./registers.ts";
import type { Transmitter } from "./stream/transmitter.ts";

export interface BusDevice extends BusNode {
  readonly registers: Registers;
}

export function createBusDevice(
  guid: string,
  registers: Registers,
  unit: AvcUnit,
  transmitter?: Transmitter,
): BusDevice {
  return {
    guid,
    isContender: false,
    registers,
    reset(wire) {
      registers.reset(wire);
      unit.reset(wire);
      transmitter?.reset(wire);
    },
    answer(request) {
      const offset = request.address - registerSpace;
      if (offset < fcp.command || offset >= fcp.end) {
        const answer = registers.answer(request);
        // A plug may have been connected to.
        if (request.kind === "compare-swap") transmitter?.poke();
        return answer;
      }
      if (request.kind !== "write" || request.octets.length > fcp.octets) return ended("type-error");
      if (offset < fcp.response) unit.command(request.source, request.octets);
      return complete();
    },
  };
}
