/** This machine's own node on a simulated bus: a computer's controller, whose FCP registers its programs listen to (IEC 61883-1, 9). */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { Octets } from "../wire/octets.ts";
import { type BusNode, complete, ended, registerSpace, type Wire } from "./bus-words.ts";
import { createRegisters } from "./registers.ts";
import { type RomEntry, sealBlocks, writeRom } from "./rom-writer.ts";

export interface FcpWrite {
  readonly nodeId: number;
  readonly generation: number;
  readonly isResponse: boolean;
  readonly octets: Uint8Array;
}

export interface HostNode {
  readonly node: BusNode;
  readonly listeners: Set<(frame: FcpWrite) => void>;
  /**
   * Adds blocks to its configuration ROM, behind an entry of the root directory; others hear of it by the next bus reset.
   * Undefined where they are no whole blocks, or the ROM has no room. What is returned takes them away again.
   */
  announce(key: number, blocks: Uint8Array): (() => void) | undefined;
}

export const fcp = { command: 0xb00, response: 0xd00, end: 0xf00, octets: 0x200 };

const guid = "0050c2fffe139400";
const capabilities = 0xf00a_b203;
const root: readonly RomEntry[] = [
  [0x0c, 0x0083c0],
  [0x03, 0x0050c2],
  [0x81, "Simulated controller"],
];
const mostOctets = 1024;
/** Which ROM it is, so that others read it anew; 0 and 1 mean that it never changes. */
const romGenerations = { first: 2, count: 14 };

export function createHostNode(clock: Clock): HostNode {
  const announced = new Set<RomEntry>();
  let changes = 0;
  const image = (): Octets => {
    const romGeneration = romGenerations.first + (changes % romGenerations.count);
    return writeRom({ guid, capabilities: capabilities + 16 * romGeneration, root: [...root, ...announced] });
  };
  const registers = createRegisters({ clock, rom: image() });
  const rewrite = (): void => {
    changes++;
    registers.setRom(image());
  };
  const listeners = new Set<(frame: FcpWrite) => void>();
  let wire: Wire | undefined;
  return {
    listeners,
    announce(key, blocks) {
      const sealed = sealBlocks(blocks);
      if (sealed === undefined || image().length + 4 + sealed.length > mostOctets) return undefined;
      const entry: RomEntry = [key, sealed];
      announced.add(entry);
      rewrite();
      return () => {
        if (announced.delete(entry)) rewrite();
      };
    },
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
