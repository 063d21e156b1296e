/** A stream of rungs that a test feeds by hand: pieces whose octets tell which they are. */

import type { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Piece, Rung, StreamHold } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";

export const fakeRungs: readonly Rung[] = [
  { name: "high", height: 480, videoKbps: 800, audioKbps: 64 },
  { name: "low", height: 240, videoKbps: 200, audioKbps: 40 },
];

const fragmentSeconds = 0.2;
const fragmentsPerKey = 5;

export const initOf = (rung: string): Piece => ({
  init: {
    octets: new TextEncoder().encode(`<${rung}>`),
    mediaType: `video/mp4; codecs="${rung}"`,
    hasVideo: true,
    hasAudio: true,
  },
});

/** Its octets begin with `rung:number;`, in its rung's own size. */
export function fragmentOf({ name, videoKbps, audioKbps }: Rung, number: number): Piece {
  const octets = new Uint8Array(Math.round(((videoKbps + audioKbps) * 1000 * fragmentSeconds) / 8)).fill(0x2e);
  octets.set(new TextEncoder().encode(`${name}:${number};`));
  const start = number * fragmentSeconds;
  return { fragment: { octets, isKey: number % fragmentsPerKey === 0, start, duration: fragmentSeconds } };
}

export class FakeStream {
  readonly rings = new Map(fakeRungs.map(({ name }) => [name, new FragmentRing()]));
  readonly over = Promise.withResolvers<HomeError>();
  /** How many hold it. */
  holds = 0;
  audioCount = 1;
  #next = 0;

  /** Sends initialization segments where none were yet, and the next fragments of every rung. */
  play(fragments: number): void {
    for (let count = 0; count < fragments; count++) {
      for (const rung of fakeRungs) {
        if (this.#next === 0) this.rings.get(rung.name)?.push(initOf(rung.name));
        this.rings.get(rung.name)?.push(fragmentOf(rung, this.#next));
      }
      this.#next++;
    }
  }

  hold(): StreamHold {
    this.holds++;
    let isHeld = true;
    const audioCount = (): number => this.audioCount;
    return {
      rungs: fakeRungs,
      get audioCount() {
        return audioCount();
      },
      over: this.over.promise,
      ring: async (name) => this.rings.get(name) ?? Promise.reject(new Error(`no rung ${name}`)),
      [Symbol.dispose]: () => {
        if (isHeld) this.holds--;
        isHeld = false;
      },
    };
  }
}

/** The pieces in an answer's octets, as `<rung>` and `rung:number`. */
export const piecesIn = (octets: Uint8Array): string[] =>
  [...new TextDecoder().decode(octets).matchAll(/<\w+>|\w+:\d+/g)].map(([piece]) => piece);
