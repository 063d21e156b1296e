/** What a recording or a stream is, told by its first octets: never by its name, and nothing else is taken. Pure. */

import { HomeError } from "../contract/errors.ts";
import type { SourceForm } from "../contract/stream.ts";

/** What is sent, and of a transport stream how far one packet lies from the next. */
export type StreamStart = { readonly form: "dv" } | { readonly form: "mpegts"; readonly stride: 188 | 192 | 204 };

/**
 * Packets by themselves (ISO/IEC 13818-1, 2.4.3), each behind a time stamp of 4 octets (as discs and recorders write them),
 * each before 16 octets of parity (ETSI EN 300 429).
 */
const strides = [188, 192, 204] as const;
const syncByte = 0x47;
const beats = 5;
/** Octets that decide. */
export const formOctets: number = 204 * (beats + 1);

/**
 * Three packets decide where there are no more; of further ones each must begin where it should.
 * @throws HomeError `value-invalid` for anything but an MPEG-2 transport stream or DV.
 */
export function streamStartOf(octets: Uint8Array): StreamStart {
  // The header section of a frame of DV (IEC 61834-2).
  if (octets[0] === 0x1f && octets[1] === 0x07 && octets[2] === 0x00) return { form: "dv" };
  for (const stride of strides) {
    for (let offset = 0; offset < stride && offset + stride * 2 < octets.length; offset++) {
      if (beatsAt(octets, offset, stride)) return { form: "mpegts", stride };
    }
  }
  throw new HomeError("value-invalid", "this is neither an MPEG-2 transport stream nor DV", {});
}

/** @throws HomeError `value-invalid` for anything but an MPEG-2 transport stream or DV. */
export const sourceFormOf = (octets: Uint8Array): SourceForm => streamStartOf(octets).form;

/** Text that repeats itself has its letters at equal distances, too; packets count (2.4.3.3), unless there is nothing in them. */
function beatsAt(octets: Uint8Array, offset: number, stride: number): boolean {
  const headers = new Set<number>();
  for (let beat = 0; beat < beats && offset + beat * stride < octets.length; beat++) {
    const [sync, second = 0, third = 0, fourth = 0] = octets.subarray(
      offset + beat * stride,
      offset + beat * stride + 4,
    );
    if (sync !== syncByte) return false;
    const isEmpty = (second & 0x1f) === 0x1f && third === 0xff;
    headers.add(isEmpty ? -1 - beat : (second << 16) | (third << 8) | fourth);
  }
  return headers.size > 1;
}
