/** What is wrong with the configuration ROM of a simulated node, as it is with many real ones. */

import type { Octets } from "../wire/octets.ts";

export interface RomFaults {
  /** The CRC of the bus information, or that of the root directory, is wrong. */
  readonly wrongCrc?: "bus-information" | "root-directory";
  /** So often the ROM tells nothing yet: the node is still starting. */
  readonly startingReads?: number;
  /** Block reads are refused. */
  readonly isQuadletOnly?: boolean;
}

/** Where the sixteen bits stand. */
const crcAt = { "bus-information": 2, "root-directory": 22 };

export function spoilRom(rom: Octets, { wrongCrc }: RomFaults): Octets {
  if (wrongCrc === undefined) return rom;
  const spoilt = rom.slice();
  const at = crcAt[wrongCrc];
  spoilt[at] = (spoilt[at] ?? 0) ^ 0x55;
  return spoilt;
}
