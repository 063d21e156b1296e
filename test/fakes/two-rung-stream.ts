/** A stream of two rungs whose pieces a test lets come: two fragments a second, each second begun by a whole picture. */

import type { HomeError } from "../../gateway-core/contract/errors.ts";
import type { PieceRing, Rung, StreamHold } from "../../gateway-core/contract/stream.ts";
import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";

const ladder: readonly Rung[] = [
  { name: "high", height: 480, videoKbps: 800, audioKbps: 64 },
  { name: "low", height: 240, videoKbps: 200, audioKbps: 40 },
];
const mediaType = 'video/mp4; codecs="avc1.4d401e, mp4a.40.2"';

export class TwoRungStream {
  readonly rungs: readonly Rung[] = ladder;
  /** How many hold it now, and have ever held it. */
  holds = 0;
  opened = 0;
  followers = 0;
  audioCount = 1;
  readonly #octets: Readonly<Record<string, number>>;
  readonly #over = Promise.withResolvers<HomeError>();
  readonly #rings: ReadonlyMap<string, FragmentRing>;

  /** `octets`: of a fragment of each rung; the first tells the rung (1 high, 2 low). */
  constructor({ octets = { high: 400, low: 100 } }: { readonly octets?: Readonly<Record<string, number>> } = {}) {
    this.#octets = octets;
    this.#rings = new Map(ladder.map(({ name }) => [name, new FragmentRing()]));
    for (const [at, [, ring]] of [...this.#rings].entries()) {
      ring.push({ init: { octets: Uint8Array.of(0xf0 + at), mediaType, hasVideo: true, hasAudio: true } });
    }
  }

  /** Lets the pieces of these seconds come. */
  play(from: number, to: number): void {
    for (let start = from; start < to; start += 0.5) {
      for (const [at, [name, ring]] of [...this.#rings].entries()) {
        const octets = new Uint8Array(this.#octets[name] ?? 1).fill(at + 1);
        ring.push({ fragment: { octets, isKey: Number.isInteger(start), start, duration: 0.5 } });
      }
    }
  }

  end(error: HomeError): void {
    this.#over.resolve(error);
  }

  hold(): StreamHold {
    this.holds++;
    this.opened++;
    let isHeld = true;
    const audioCount = (): number => this.audioCount;
    return {
      rungs: ladder,
      get audioCount() {
        return audioCount();
      },
      over: this.#over.promise,
      ring: async (name) => this.#counted(name),
      [Symbol.dispose]: () => {
        if (isHeld) this.holds--;
        isHeld = false;
      },
    };
  }

  #counted(name: string): PieceRing {
    const ring = this.#rings.get(name) ?? new FragmentRing();
    return {
      push: (piece) => ring.push(piece),
      end: () => ring.end(),
      init: () => ring.init(),
      watch: () => ring.watch(),
      follow: (take) => {
        this.followers++;
        const stop = ring.follow(take);
        let isFollowed = true;
        return () => {
          if (isFollowed) this.followers--;
          isFollowed = false;
          stop();
        };
      },
    };
  }
}
