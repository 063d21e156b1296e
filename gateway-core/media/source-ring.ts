/** What a fresh encoder is given of a source that runs already, whatever the source's form. Pure. */

import { joinOctets } from "../bytes/join-octets.ts";
import type { SourceForm } from "../contract/stream.ts";
import { JoinRing, type JoinRingOptions } from "./join-ring.ts";

export interface SourceRing {
  /** Takes octets as they come; returns what goes on to an encoder that has joined, to be read only. */
  push(octets: Uint8Array): Uint8Array;
  /** Empty while nothing can be begun with. */
  preroll(): Uint8Array;
  /** Whether the sound has come, or become another, since this was asked last: an encoder finds out only at its beginning. */
  isRenewed(): boolean;
  /** How many sounds there are to choose from; 0 while none has come. */
  readonly audioCount: number;
  /** Octets that were thrown away because they belong to no packet or frame. */
  readonly octetsLost: number;
}

export function createSourceRing(
  form: SourceForm,
  options: Pick<JoinRingOptions, "program" | "isTaken"> = {},
): SourceRing {
  if (form === "dv") return new DvRing();
  const ring = new JoinRing(options);
  let known: number | undefined;
  return {
    push: (octets) => ring.push(octets),
    preroll: () => (ring.isReady ? ring.preroll() : new Uint8Array(0)),
    isRenewed() {
      const before = known;
      known = ring.program && ring.audioCount;
      return before !== undefined && before !== known;
    },
    get audioCount() {
      return ring.audioCount;
    },
    get octetsLost() {
      return ring.octetsLost;
    },
  };
}

/** A DIF block of a frame's header section: 80 octets that begin so (IEC 61834-2). */
const headerId = [0x1f, 0x07, 0x00];
const ntscFrame = 120_000;
const palFrame = 144_000;
const block = 80;
const sequence = 150 * block;
/** Places of the nine audio blocks of a sequence: six blocks come before the first, fifteen of video after each. */
const audioPlaces = Array.from({ length: 9 }, (_, at) => (6 + 16 * at) * block);
/** AAUX source pack (IEC 61834-4): its last octet has the sampling frequency and the quantization. */
const audioSourcePack = 0x50;
/** A tape that is wound shows a bit of this and that. */
const steadyFrames = 3;

interface Sound {
  readonly pairs: number;
  readonly sampling: number;
}

/** DV: every frame stands by itself. The last whole one is kept. */
class DvRing implements SourceRing {
  #rest: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #last: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #isFirst = true;
  #sound: Sound | undefined;
  #coming: Sound | undefined;
  #comingFrames = 0;
  #isRenewed = false;
  #octetsLost = 0;

  get octetsLost(): number {
    return this.#octetsLost;
  }

  push(octets: Uint8Array): Uint8Array {
    let all = this.#rest.length === 0 ? octets : joinOctets(this.#rest, octets);
    const frames: Uint8Array[] = [];
    for (let start = frameStart(all); start >= 0; start = frameStart(all)) {
      all = all.subarray(start);
      this.#octetsLost += start;
      // The header says which of the two systems: DSF, the first bit of its fourth octet.
      const length = ((all[3] ?? 0) & 0x80) === 0 ? ntscFrame : palFrame;
      if (all.length < length) break;
      frames.push(all.subarray(0, length));
      this.#listen(all.subarray(0, length));
      all = all.subarray(length);
    }
    this.#rest = new Uint8Array(all.subarray(Math.max(0, all.length - palFrame)));
    this.#octetsLost += all.length - this.#rest.length;
    const last = frames.at(-1);
    if (last !== undefined) {
      if (this.#last.length !== last.length) this.#last = new Uint8Array(last.length);
      this.#last.set(last);
    }
    return joinOctets(...frames);
  }

  preroll(): Uint8Array {
    return new Uint8Array(this.#last);
  }

  get audioCount(): number {
    return this.#sound === undefined ? 0 : pairsOf(this.#sound);
  }

  isRenewed(): boolean {
    const isRenewed = this.#isRenewed;
    this.#isRenewed = false;
    return isRenewed;
  }

  /** Sound that is gone for a while is no news: the encoder goes on with silence. */
  #listen(frame: Uint8Array): void {
    const sound = soundOf(frame);
    if (this.#isFirst) this.#sound = sound;
    this.#isFirst = false;
    if (sound === undefined || isSame(sound, this.#sound)) {
      this.#comingFrames = 0;
      return;
    }
    this.#comingFrames = isSame(sound, this.#coming) ? this.#comingFrames + 1 : 1;
    this.#coming = sound;
    if (this.#comingFrames < steadyFrames) return;
    this.#sound = sound;
    this.#comingFrames = 0;
    this.#isRenewed = true;
  }
}

/** How the sound of a frame is carried, as its source pack says it; undefined where there is none. */
function soundOf(frame: Uint8Array): Sound | undefined {
  for (const place of [...audioPlaces, ...audioPlaces.map((at) => at + sequence)]) {
    if (frame[place + 3] !== audioSourcePack) continue;
    return { pairs: (frame[place + 6] ?? 0) & 0x1f, sampling: (frame[place + 7] ?? 0) & 0x3f };
  }
  return undefined;
}

/**
 * Pairs of channels (IEC 61834-4, AAUX source: STYPE, SMP, QU): what is sampled at 32 kHz in 12 bits has two where 48 kHz in
 * 16 bits has one.
 */
function pairsOf({ pairs, sampling }: Sound): number {
  const isHalf = sampling >> 3 === 2 && (sampling & 0x07) !== 0;
  return [isHalf ? 2 : 1, 1, 2, 4][pairs] ?? 1;
}

const isSame = (a: Sound | undefined, b: Sound | undefined): boolean =>
  a?.pairs === b?.pairs && a?.sampling === b?.sampling;

function frameStart(octets: Uint8Array): number {
  for (let at = 0; at + 4 <= octets.length; at++) {
    if (headerId.every((octet, index) => octets[at + index] === octet)) return at;
  }
  return -1;
}
