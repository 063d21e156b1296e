/** DV for a fresh encoder: every frame stands by itself, so the last whole one is kept (IEC 61834-2, IEC 61834-4). Pure. */

import { FrameCutter, isOf625 } from "../bytes/frame-cutter.ts";
import { joinAll } from "../bytes/join-octets.ts";

const block = 80;
const sequence = 150 * block;
/** Places of the nine audio blocks of a sequence: six blocks come before the first, fifteen of video after each. */
const audioPlaces = Array.from({ length: 9 }, (_, at) => (6 + 16 * at) * block);
/** AAUX source pack (IEC 61834-4): its last octet has the sampling frequency and the quantization. */
const audioSourcePack = 0x50;
/** A tape that is wound shows a bit of this and that. */
const steadyFrames = 3;

/** What an encoder takes for granted. */
interface Manner {
  readonly is625: boolean;
  /** Undefined where there is no sound. */
  readonly sound: Sound | undefined;
}

interface Sound {
  readonly pairs: number;
  readonly sampling: number;
}

export class DvRing {
  readonly #cutter = new FrameCutter();
  #last: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #manner: Manner | undefined;
  #coming: Manner | undefined;
  #comingFrames = 0;
  #isRenewed = false;
  #octetsUnbegun = 0;
  /** What is scrambled on the bus is no frame. */
  readonly octetsScrambled = 0;

  get octetsLost(): number {
    return this.#cutter.octetsLost;
  }

  get octetsUnbegun(): number {
    return this.#octetsUnbegun;
  }

  get audioCount(): number {
    const sound = this.#manner?.sound;
    return sound === undefined ? 0 : pairsOf(sound);
  }

  push(octets: Uint8Array): Uint8Array {
    const frames = this.#cutter.push(octets);
    for (const frame of frames) this.#look(frame);
    this.#octetsUnbegun = frames.length > 0 ? 0 : this.#octetsUnbegun + octets.length;
    const last = frames.at(-1);
    if (last !== undefined) {
      if (this.#last.length !== last.length) this.#last = new Uint8Array(last.length);
      this.#last.set(last);
    }
    return joinAll(frames);
  }

  preroll(): Uint8Array {
    return new Uint8Array(this.#last);
  }

  isRenewed(): boolean {
    const isRenewed = this.#isRenewed;
    this.#isRenewed = false;
    return isRenewed;
  }

  /** Sound that is gone for a while is no news: the encoder goes on with silence. */
  #look(frame: Uint8Array): void {
    const known = this.#manner;
    const is625 = isOf625(frame);
    const sound = soundOf(frame) ?? (known?.is625 === is625 ? known.sound : undefined);
    const manner = { is625, sound };
    this.#manner ??= manner;
    if (isSame(manner, this.#manner)) {
      this.#comingFrames = 0;
      return;
    }
    this.#comingFrames = isSame(manner, this.#coming) ? this.#comingFrames + 1 : 1;
    this.#coming = manner;
    // Frames of another length are nothing to an encoder that has begun.
    if (this.#comingFrames < steadyFrames && is625 === this.#manner.is625) return;
    this.#manner = manner;
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

const isSame = (a: Manner, b: Manner | undefined): boolean =>
  a.is625 === b?.is625 && a.sound?.pairs === b.sound?.pairs && a.sound?.sampling === b.sound?.sampling;
