/** A file that is in a test's own hands: written to, taken away and put back as the test likes; who has it open is counted. */

import { sourceTrouble } from "../../gateway-core/av-sources/source-trouble.ts";
import type { AvWires } from "../../gateway-core/av-sources/wires.ts";

export interface FileInHand {
  readonly wires: AvWires;
  octets: Uint8Array;
  writtenAt: number;
  isThere: boolean;
  readonly open: number;
}

export function fileInHand(octets: Uint8Array, pieceOctets = 65_536): FileInHand {
  const file = { octets, writtenAt: 0, isThere: true, open: 0 };
  const wires: AvWires = {
    async openFile() {
      if (!file.isThere) throw sourceTrouble("not-there");
      file.open++;
      let isOpen = true;
      return {
        async read(at) {
          if (!isOpen) throw sourceTrouble("unreadable");
          return file.octets.slice(at, at + pieceOctets);
        },
        look: async () => ({ octets: file.octets.length, writtenAt: file.writtenAt }),
        async close() {
          if (isOpen) file.open--;
          isOpen = false;
        },
      };
    },
    connect: () => Promise.reject(sourceTrouble("unreachable")),
    isReachable: async () => false,
  };
  return Object.assign(file, { wires });
}
