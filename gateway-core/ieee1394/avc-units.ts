/** What an AV/C unit says of itself: UNIT INFO and SUBUNIT INFO, page by page (AV/C General 4.2, 9.2 and 9.3). */

import type { AvcFrame, Ctype } from "./avc/avc-frame.ts";
import { meaningOf } from "./avc/avc-message.ts";
import { subunitWords } from "./avc/operand-values.ts";
import type { SubunitAddress } from "./avc/subunit-address.ts";
import type { Fcp } from "./fcp.ts";

export interface AvcUnitInfo {
  /** Word of the unit's type, or two hexadecimal digits; undefined where it does not tell. */
  readonly unitType: string | undefined;
  readonly subunits: readonly SubunitAddress[];
}

export const unitAddress: SubunitAddress = { type: 0x1f, id: 7 };
const mostPages = 8;
const subunitsOfPage = 4;
/** The highest subunit_ID that fits into 3 bits without an extension. */
const highestId = 4;

/** A command with the operands that stand in it. */
export function avcFrame(code: Ctype, subunit: SubunitAddress, octets: Uint8Array): AvcFrame {
  const [opcode = 0, ...operands] = octets;
  return { code, subunit, opcode, operands: Uint8Array.from(operands) };
}

export function subunitWord(type: number): string {
  return subunitWords.get(type) ?? type.toString(16).padStart(2, "0");
}

/** A unit that does not know a question has no answer to it. @throws HomeError `device-silent` */
export async function readUnitInfo(fcp: Fcp, guid: string, signal: AbortSignal): Promise<AvcUnitInfo> {
  const askUnit = (...octets: number[]) =>
    fcp.ask(guid, avcFrame("STATUS", unitAddress, Uint8Array.from(octets)), signal);
  const unit = await askUnit(0x30, 0xff, 0xff, 0xff, 0xff, 0xff);
  const unitByte = unit.code === "IMPLEMENTED/STABLE" ? unit.operands[1] : undefined;
  const subunits: SubunitAddress[] = [];
  for (let page = 0; page < mostPages; page++) {
    const answer = await askUnit(0x31, (page << 4) | 7, 0xff, 0xff, 0xff, 0xff);
    const found = answer.code === "IMPLEMENTED/STABLE" ? meaningOf(answer).fields?.["subunits"] : undefined;
    if (found === undefined) break;
    const entries = [...answer.operands.subarray(1, 1 + subunitsOfPage)].filter((octet) => octet !== 0xff);
    for (const entry of entries) {
      const most = Math.min(entry & 7, highestId);
      for (let id = 0; id <= most; id++) subunits.push({ type: entry >> 3, id });
    }
    if (entries.length < subunitsOfPage) break;
  }
  return { unitType: unitByte === undefined ? undefined : subunitWord(unitByte >> 3), subunits };
}
