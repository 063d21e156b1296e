/** The identification number of the own node, EPC 0x83 (APPENDIX Detailed requirements, super class): made once, the same at every start. */

import { fromHex, toHex } from "../bytes/hex.ts";
import type { Host } from "../contract/clock.ts";

const memoryName = "echonet-own-identification";
/** 0xFE: what follows is the manufacturer's own; 0xFFFFFF: the manufacturer is not registered. */
const head = [0xfe, 0xff, 0xff, 0xff];
const length = 17;

export function ownIdentification({ ids, memory }: Pick<Host, "ids" | "memory">): Uint8Array {
  const known = memory.read(memoryName);
  if (typeof known === "string" && /^[0-9a-f]{34}$/.test(known)) return fromHex(known);
  const fresh = Array.from({ length: length - head.length }, () => Math.floor(ids.fraction() * 256));
  const identification = Uint8Array.of(...head, ...fresh);
  memory.write(memoryName, toHex(identification));
  return identification;
}
