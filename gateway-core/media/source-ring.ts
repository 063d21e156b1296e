/** What a fresh encoder is given of a source that runs already, whatever the source's form. Pure. */

import { joinOctets } from "../bytes/join-octets.ts";
import type { SourceForm } from "../contract/stream.ts";
import { JoinRing } from "./join-ring.ts";

export interface SourceRing {
  /** Takes octets as they come; returns what goes on to an encoder that has joined. */
  push(octets: Uint8Array): Uint8Array;
  /** Empty while nothing can be begun with. */
  preroll(): Uint8Array;
}

export function createSourceRing(form: SourceForm, options: { readonly program?: number } = {}): SourceRing {
  if (form === "dv") return new DvRing();
  const ring = new JoinRing(options);
  return { push: (octets) => ring.push(octets), preroll: () => (ring.isReady ? ring.preroll() : new Uint8Array(0)) };
}

/** A DIF block of a frame's header section: 80 octets that begin so (IEC 61834-2). */
const headerId = [0x1f, 0x07, 0x00];
const ntscFrame = 120_000;
const palFrame = 144_000;

/** DV: every frame stands by itself. The last whole one is kept. */
class DvRing implements SourceRing {
  #rest: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #last: Uint8Array<ArrayBufferLike> = new Uint8Array(0);

  push(octets: Uint8Array): Uint8Array {
    let all = joinOctets(this.#rest, octets);
    const frames: Uint8Array[] = [];
    for (let start = frameStart(all); start >= 0; start = frameStart(all)) {
      all = all.subarray(start);
      // The header says which of the two systems: DSF, the first bit of its fourth octet.
      const length = ((all[3] ?? 0) & 0x80) === 0 ? ntscFrame : palFrame;
      if (all.length < length) break;
      frames.push(all.subarray(0, length));
      all = all.subarray(length);
    }
    this.#rest = new Uint8Array(all.subarray(Math.max(0, all.length - palFrame)));
    const last = frames.at(-1);
    if (last !== undefined) this.#last = new Uint8Array(last);
    return joinOctets(...frames);
  }

  preroll(): Uint8Array {
    return this.#last;
  }
}

function frameStart(octets: Uint8Array): number {
  for (let at = 0; at + 4 <= octets.length; at++) {
    if (headerId.every((octet, index) => octets[at + index] === octet)) return at;
  }
  return -1;
}
