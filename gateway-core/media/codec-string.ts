/** The names of the codecs in an initialization segment, as browsers ask for them (RFC 6381). Pure. */

import { childBoxes, findBox } from "./boxes.ts";

/** Of each track, in order; `moov` is that box's payload. A codec that is not known is named by its sample entry alone. */
export function codecsOf(moov: Uint8Array): string[] {
  return childBoxes(moov, "trak").flatMap((trak) => {
    const description = findBox(trak.payload, "mdia", "minf", "stbl", "stsd");
    // Version, flags and a count stand before the entries.
    const [entry] = childBoxes(description?.payload.subarray(8) ?? new Uint8Array(0));
    return entry === undefined ? [] : [codecOf(entry.type, entry.payload)];
  });
}

/** Octets before the boxes of a video and of an audio sample entry (ISO/IEC 14496-12, 12.1.3 and 12.2.3). */
const visualOctets = 78;
const audioOctets = 28;

function codecOf(type: string, entry: Uint8Array): string {
  if (type === "avc1") {
    const configuration = findBox(entry.subarray(visualOctets), "avcC")?.payload;
    return configuration === undefined ? type : `${type}.${hex(configuration.subarray(1, 4))}`;
  }
  const isVideo = type === "mp4v";
  if (!isVideo && type !== "mp4a") return type;
  const stream = findBox(entry.subarray(isVideo ? visualOctets : audioOctets), "esds")?.payload;
  return stream === undefined ? type : `${type}.${objectTypeOf(stream, isVideo)}`;
}

/** ISO/IEC 14496-1, 7.2.6: the object type, and of audio the audio object type after it. */
function objectTypeOf(esds: Uint8Array, isVideo: boolean): string {
  // Version and flags, then descriptors inside each other: ES (3), decoder configuration (4), decoder specific (5).
  let at = bodyAt(esds, 4);
  at += 3; // ES_ID and flags: an encoder's stream depends on no other.
  at = bodyAt(esds, at);
  const objectType = esds[at] ?? 0;
  const specific = bodyAt(esds, at + 13);
  const first = esds[specific] ?? 0;
  const told = objectType.toString(16).padStart(2, "0");
  return isVideo ? `${told}.${(esds[specific + 4] ?? 0).toString(10)}` : `${told}.${first >> 3}`;
}

/** Where the body of the descriptor at `at` begins: its length takes one to four octets. */
function bodyAt(octets: Uint8Array, at: number): number {
  let body = at + 1;
  while (body < at + 4 && ((octets[body] ?? 0) & 0x80) !== 0) body++;
  return body + 1;
}

const hex = (octets: Uint8Array): string => [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
