/** The last fragments of one rung, and those who watch them: each begins at a whole picture, and who cannot follow skips to one. */

import type { Fragment, InitSegment, Piece, PieceRing, Watching } from "../contract/stream.ts";
import { ViewerQueue } from "./viewer-queue.ts";

export interface RingOptions {
  /** Seconds kept for who comes next, at least one group of pictures. */
  readonly keptSeconds?: number;
  /** Seconds that may wait for a viewer before the ring skips ahead for it. */
  readonly mostWaitingSeconds?: number;
  /** How often a viewer may be skipped ahead before it is let go. */
  readonly mostSkips?: number;
}

/** A fragment, and the initialization segment that it needs: an encoder that was begun anew has another. */
interface Kept {
  readonly fragment: Fragment;
  readonly init: InitSegment | undefined;
}

export class FragmentRing implements PieceRing {
  readonly #keptSeconds: number;
  readonly #mostWaiting: number;
  readonly #mostSkips: number;
  #init: InitSegment | undefined;
  #kept: Kept[] = [];
  readonly #viewers = new Set<ViewerQueue>();
  readonly #followers = new Set<(piece: Piece) => void>();
  #waiting: ((init: InitSegment) => void)[] = [];

  constructor({ keptSeconds = 4, mostWaitingSeconds = 4, mostSkips = 8 }: RingOptions = {}) {
    this.#keptSeconds = keptSeconds;
    this.#mostWaiting = mostWaitingSeconds;
    this.#mostSkips = mostSkips;
  }

  /** Who watches, and who follows. */
  get viewerCount(): number {
    return this.#viewers.size + this.#followers.size;
  }

  /** Resolves with the first initialization segment; at once when it is there. */
  init(): Promise<InitSegment> {
    if (this.#init !== undefined) return Promise.resolve(this.#init);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  push(piece: Piece): void {
    if ("init" in piece) {
      const hasOtherTracks = this.#kept.some(
        ({ init }) => init === undefined || tracksOf(init) !== tracksOf(piece.init),
      );
      if (hasOtherTracks) this.#kept = [];
      this.#init = piece.init;
      for (const tell of this.#waiting.splice(0)) tell(piece.init);
    } else this.#keep(piece.fragment);
    for (const viewer of this.#viewers) viewer.send(piece);
    for (const take of [...this.#followers]) take(piece);
  }

  follow(take: (piece: Piece) => void, isFromOldest = false): () => void {
    for (const piece of isFromOldest ? this.#sinceOldest() : this.#sinceLastKey()) take(piece);
    const follower = (piece: Piece): void => take(piece);
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** From the newest whole picture on, the initialization segment before it. */
  watch(): Watching {
    const viewer = new ViewerQueue({
      mostWaitingSeconds: this.#mostWaiting,
      mostSkips: this.#mostSkips,
      onEnd: () => this.#viewers.delete(viewer),
    });
    this.#viewers.add(viewer);
    for (const piece of this.#sinceLastKey()) viewer.send(piece);
    return viewer;
  }

  /** Lets every viewer go. */
  end(): void {
    for (const viewer of [...this.#viewers]) viewer.end();
    this.#followers.clear();
  }

  /** Of the newest encoder alone: whoever begins here begins with what goes on. */
  #sinceLastKey(): Piece[] {
    const init = this.#init;
    const key = this.#kept.findLastIndex(({ fragment, init: own }) => own === init && fragment.isKey);
    const fragments = key < 0 ? [] : this.#kept.slice(key).map(({ fragment }) => ({ fragment }));
    return [...(init === undefined ? [] : [{ init }]), ...fragments];
  }

  /** Each initialization segment before the first fragment that needs it. */
  #sinceOldest(): Piece[] {
    const all = [...this.#kept, { init: this.#init, fragment: undefined }];
    return all.flatMap(({ init, fragment }, at) => [
      ...(init === undefined || init === all[at - 1]?.init ? [] : [{ init }]),
      ...(fragment === undefined ? [] : [{ fragment }]),
    ]);
  }

  #keep(fragment: Fragment): void {
    this.#kept.push({ fragment, init: this.#init });
    let seconds = this.#kept.reduce((sum, kept) => sum + kept.fragment.duration, 0);
    // Whole groups leave: what is kept begins with a key.
    for (;;) {
      const next = this.#kept.findIndex((kept, at) => at > 0 && kept.fragment.isKey);
      if (next < 0 || seconds <= this.#keptSeconds) return;
      for (const gone of this.#kept.splice(0, next)) seconds -= gone.fragment.duration;
    }
  }
}

const tracksOf = ({ hasVideo, hasAudio }: InitSegment): string => `${hasVideo} ${hasAudio}`;
