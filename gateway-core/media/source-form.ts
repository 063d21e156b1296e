/** What a recording is, told by its first octets: never by its name, and nothing else is taken. Pure. */

import { HomeError } from "../contract/errors.ts";
import type { SourceForm } from "../contract/stream.ts";
import { tsPacketOctets } from "./transport-stream.ts";

/** Octets that decide. */
export const formOctets: number = tsPacketOctets * 5;

/** @throws HomeError `value-invalid` for anything but an MPEG-2 transport stream or DV. */
export function sourceFormOf(octets: Uint8Array): SourceForm {
  if (octets[0] === 0x1f && octets[1] === 0x07 && octets[2] === 0x00) return "dv";
  for (let at = 0; at < tsPacketOctets && at + tsPacketOctets * 2 < octets.length; at++) {
    const beats = [0, 1, 2].map((beat) => octets[at + beat * tsPacketOctets]);
    if (beats.every((octet) => octet === 0x47)) return "mpegts";
  }
  throw new HomeError("value-invalid", "this is neither an MPEG-2 transport stream nor DV", {});
}
