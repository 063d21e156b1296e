/** Cuts a run of JPEG pictures into the pictures (ISO/IEC 10918-1, B.1.1): from each start of image to its end. Pure. */

import { joinOctets } from "../bytes/join-octets.ts";

/** A picture that claims more is none of ours. */
const longestPicture = 4 << 20;

export class JpegSplitter {
  #held: Uint8Array<ArrayBufferLike> = new Uint8Array(0);

  /** The pictures that are whole now. Inside a picture's data a marker's 0xff never stands before 0xd9. */
  push(octets: Uint8Array): Uint8Array[] {
    let all = joinOctets(this.#held, octets);
    const pictures: Uint8Array[] = [];
    for (let end = marker(all, 0xd9); end >= 0; end = marker(all, 0xd9)) {
      const start = marker(all, 0xd8);
      if (start >= 0 && start < end) pictures.push(new Uint8Array(all.subarray(start, end + 2)));
      all = all.subarray(end + 2);
    }
    this.#held = all.length > longestPicture ? new Uint8Array(0) : new Uint8Array(all);
    return pictures;
  }
}

function marker(octets: Uint8Array, code: number): number {
  for (let at = octets.indexOf(0xff); at >= 0 && at + 1 < octets.length; at = octets.indexOf(0xff, at + 1)) {
    if (octets[at + 1] === code) return at;
  }
  return -1;
}
