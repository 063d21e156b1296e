/** What leaves a unit by its isochronous output plugs: how many there are, and in which form (AV/C General 4.2, PLUG INFO; CCM 1.1, OUTPUT PLUG SIGNAL FORMAT). */

import type { SourceForm } from "../contract/stream.ts";
import type { AvcFrame } from "./avc/avc-frame.ts";
import { meaningOf } from "./avc/avc-message.ts";
import { avcFrame, unitAddress } from "./avc-units.ts";
import type { Bus, NodeAt } from "./bus.ts";
import { initialRegisterSpace } from "./csr.ts";
import type { Fcp } from "./fcp.ts";
import { decodeRegister } from "./registers.ts";

const outputMaster = initialRegisterSpace + 0x900;
const forms: ReadonlyMap<string, SourceForm> = new Map([
  ["dv", "dv"],
  ["mpeg2-ts", "mpegts"],
]);
/** A plug through which nothing has gone yet. */
const formUnknown = "ff";

export interface UnitOutput {
  readonly bus: Bus;
  readonly fcp: Fcp;
  readonly locate: (guid: string, signal: AbortSignal) => Promise<NodeAt | undefined>;
}

async function askUnit(fcp: Fcp, guid: string, octets: readonly number[], signal: AbortSignal): Promise<AvcFrame> {
  return fcp.ask(guid, avcFrame("STATUS", unitAddress, Uint8Array.from(octets)), signal);
}

/** By PLUG INFO, and where the unit does not know it by its master register; what tells neither has none. @throws HomeError `device-silent` */
export async function countOutputs(
  { bus, fcp, locate }: UnitOutput,
  guid: string,
  signal: AbortSignal,
): Promise<number> {
  const answer = await askUnit(fcp, guid, [0x02, 0x00, 0xff, 0xff, 0xff, 0xff], signal);
  const told = answer.code === "IMPLEMENTED/STABLE" ? meaningOf(answer).fields?.["isochronousOutput"] : undefined;
  if (typeof told === "number") return told;
  const at = await locate(guid, signal);
  if (at === undefined) return 0;
  const { rcode, data } = await bus.read(at, outputMaster, 4);
  if (rcode !== "complete" || data.length !== 4) return 0;
  const quadlet = new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
  return Number(decodeRegister(outputMaster, quadlet)?.fields?.["plugs"] ?? 0);
}

/** "other" is no picture; undefined: the unit does not tell. @throws HomeError `device-silent` */
export async function outputForm(
  fcp: Fcp,
  guid: string,
  plug: number,
  signal: AbortSignal,
): Promise<SourceForm | "other" | undefined> {
  const answer = await askUnit(fcp, guid, [0x18, plug, 0xff, 0xff, 0xff, 0xff], signal);
  const told = answer.code === "IMPLEMENTED/STABLE" ? meaningOf(answer).fields?.["format"] : undefined;
  if (typeof told !== "string" || told === formUnknown) return undefined;
  return forms.get(told) ?? "other";
}
