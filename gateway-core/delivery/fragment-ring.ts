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

export class FragmentRing implements PieceRing {
  readonly #keptSeconds: number;
  readonly #mostWaiting: number;
  readonly #mostSkips: number;
  #init: InitSegment | undefined;
  #kept: Fragment[] = [];
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
      this.#init = piece.init;
      this.#kept = [];
      for (const tell of this.#waiting.splice(0)) tell(piece.init);
    } else this.#keep(piece.fragment);
    for (const viewer of this.#viewers) viewer.send(piece);
    for (const take of [...this.#followers]) take(piece);
  }

  follow(take: (piece: Piece) => void, isFromOldest = false): () => void {
    if (this.#init !== undefined) take({ init: this.#init });
    for (const fragment of isFromOldest ? [...this.#kept] : this.#sinceLastKey()) take({ fragment });
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
    if (this.#init !== undefined) viewer.send({ init: this.#init });
    for (const fragment of this.#sinceLastKey()) viewer.send({ fragment });
    return viewer;
  }

  /** Lets every viewer go. */
  end(): void {
    for (const viewer of [...this.#viewers]) viewer.end();
    this.#followers.clear();
  }

  #sinceLastKey(): readonly Fragment[] {
    const key = this.#kept.findLastIndex(({ isKey }) => isKey);
    return key < 0 ? [] : this.#kept.slice(key);
  }

  #keep(fragment: Fragment): void {
    this.#kept.push(fragment);
    let seconds = this.#kept.reduce((sum, { duration }) => sum + duration, 0);
    // Whole groups leave: what is kept begins with a key.
    for (;;) {
      const next = this.#kept.findIndex(({ isKey }, at) => at > 0 && isKey);
      if (next < 0 || seconds <= this.#keptSeconds) return;
      for (const { duration } of this.#kept.splice(0, next)) seconds -= duration;
    }
  }
}
