/** What is in a stream, read of its initialization segment: the codecs of RFC 6381 that a source is told. Pure. */

import { contentOf } from "./first-times.ts";

/** Undefined while the initialization segment, the first two boxes, is not whole. */
export function typeIn(octets: Uint8Array): string | undefined {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  let end = 0;
  for (let box = 0; box < 2; box++) {
    if (octets.length < end + 4) return undefined;
    end += view.getUint32(end);
  }
  if (octets.length < end) return undefined;
  const head = octets.subarray(0, end);
  // ISO/IEC 14496-15 §5.3.3.1: profile, its constraints and level follow the version.
  const picture = contentOf(head, "avcC");
  const profile = picture && (picture.getUint32(0) & 0xffffff).toString(16).padStart(6, "0");
  const codecs = [profile && `avc1.${profile}`, contentOf(head, "mp4a") && "mp4a.40.2"].filter(Boolean);
  return `video/mp4; codecs="${codecs.join(", ")}"`;
}
