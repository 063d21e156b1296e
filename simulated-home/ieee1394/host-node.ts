/** This machine's own node on a simulated bus: a computer's controller, whose FCP registers its programs listen to (IEC 61883-1, 9). */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import { type BusNode, complete, ended, registerSpace, type Wire } from "./bus-words.ts";
import { createRegisters } from "./registers.ts";
import { writeRom } from "./rom-writer.ts";

export interface FcpWrite {
  readonly nodeId: number;
  readonly generation: number;
  readonly isResponse: boolean;
  readonly octets: Uint8Array;
}

export interface HostNode {
  readonly node: BusNode;
  readonly listeners: Set<(frame: FcpWrite) => void>;
}

export const fcp = { command: 0xb00, response: 0xd00, end: 0xf00, octets: 0x200 };

const guid = "0050c2fffe139400";

export function createHostNode(clock: Clock): HostNode {
  const registers = createRegisters({
    clock,
    rom: writeRom({
      guid,
      capabilities: 0xf00a_b223,
      root: [
        [0x0c, 0x0083c0],
        [0x03, 0x0050c2],
        [0x81, "Simulated controller"],
      ],
    }),
  });
  const listeners = new Set<(frame: FcpWrite) => void>();
  let wire: Wire | undefined;
  return {
    listeners,
    node: {
      guid,
      isContender: true,
      reset(next) {
        wire = next;
        registers.reset(next);
      },
      answer(request) {
        const offset = request.address - registerSpace;
        if (offset < fcp.command || offset >= fcp.end) return registers.answer(request);
        if (request.kind !== "write" || request.octets.length > fcp.octets) return ended("type-error");
        const { source: nodeId, octets } = request;
        const frame = { nodeId, generation: wire?.generation ?? 0, isResponse: offset >= fcp.response, octets };
        for (const listener of [...listeners]) listener(frame);
        return complete();
      },
    },
  };
}
