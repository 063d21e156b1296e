/** Which responses answer which command (AV/C General 4.2, 8; table 8.1). Pure: an engine decides what to do about it. */

import { isSameOctets } from "../../bytes/same-octets.ts";
import { type AvcFrame, type AvcResponse, type Ctype, isCtype } from "./avc-frame.ts";
import { commandByOpcode } from "./command-table.ts";
import { isSameSubunit } from "./subunit-address.ts";

const permitted: Readonly<Record<Ctype, readonly AvcResponse[]>> = {
  CONTROL: ["NOT IMPLEMENTED", "ACCEPTED", "REJECTED", "INTERIM"],
  STATUS: ["NOT IMPLEMENTED", "REJECTED", "IN TRANSITION", "IMPLEMENTED/STABLE"],
  "SPECIFIC INQUIRY": ["NOT IMPLEMENTED", "IMPLEMENTED/STABLE"],
  NOTIFY: ["NOT IMPLEMENTED", "REJECTED", "INTERIM", "CHANGED"],
  "GENERAL INQUIRY": ["NOT IMPLEMENTED", "IMPLEMENTED/STABLE"],
};

/**
 * Whether a response can be the answer to a command of the same node and generation: the same subunit, a response that
 * its ctype permits, its opcode (or one that tells the state it asked for), and the operands that every answer repeats.
 */
export function isAnswer(command: AvcFrame, response: AvcFrame): boolean {
  const { code } = response;
  if (!isCtype(command.code) || isCtype(code)) return false;
  if (!permitted[command.code].includes(code) || !isSameSubunit(command.subunit, response.subunit)) return false;
  const known = commandByOpcode(command.subunit.type, command.opcode);
  if (response.opcode !== command.opcode) {
    const asksForState = command.code === "STATUS" || command.code === "NOTIFY";
    return asksForState && known?.answeredBy.includes(response.opcode) === true;
  }
  // What nobody knows cannot be checked further; a general inquiry has no operands.
  const echoed = command.code === "GENERAL INQUIRY" ? 0 : (known?.echoed ?? 0);
  return isSameOctets(command.operands.subarray(0, echoed), response.operands.subarray(0, echoed));
}
