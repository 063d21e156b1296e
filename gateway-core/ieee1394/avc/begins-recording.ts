/** Whether a command begins a recording, by the tables of its subunit: what nobody may have done without leave. Pure. */

import type { AvcFrame } from "./avc-frame.ts";
import { commandByOpcode } from "./command-table.ts";

/** A key of a panel is pressed and released by the same operation with another top bit. */
const withoutState = 0x7f;

export function beginsRecording({ subunit, opcode, operands }: AvcFrame): boolean {
  const recordsWith = commandByOpcode(subunit.type, opcode)?.recordsWith;
  if (recordsWith === undefined) return false;
  const [first = 0] = operands;
  return recordsWith.length === 0 || recordsWith.includes(first & withoutState);
}
