/** The last segments of one rung for players of HTTP Live Streaming: about a second each, the first somewhat less, cut at whole pictures out of the fragments that everybody gets. */

import { joinOctets } from "../bytes/join-octets.ts";
import type { Fragment, Piece, PieceRing } from "../contract/stream.ts";
import { type ListedSegment, targetSeconds } from "./hls-playlist.ts";

interface Segment extends ListedSegment {
  readonly octets: Uint8Array;
}

/** Seconds that are listed: a player begins three from the end, and a slow one comes late; no list has less than three targets (RFC 8216, 6.2.2). */
const listedSeconds = 6;
/** What a list has named is there as long as that list may be played, and a segment longer (6.2.2). */
const keptSeconds = 2 * listedSeconds + targetSeconds;
const beginSegments = 3;
/** What a player begins with is short where whole pictures come that often, as of an encoder that has just begun. */
const [shortestFirst, shortest] = [0.6, 0.9];
/** Rounded it is still the target. */
const longest = targetSeconds + 0.45;

export class HlsShelf implements Disposable {
  readonly #stop: () => void;
  readonly #inits = new Map<number, Uint8Array>();
  #initNumber = -1;
  #open: Fragment[] = [];
  #segments: Segment[] = [];
  #next = 0;
  #waiting: (() => void)[] = [];

  constructor(ring: PieceRing) {
    // What is kept may be three segments already: nobody waits for them then.
    this.#stop = ring.follow((piece) => this.#take(piece), true);
  }

  /** Resolves when there is enough to begin with, or the shelf is closed. */
  ready(): Promise<void> {
    if (this.#segments.length >= beginSegments) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What is listed now. */
  get segments(): readonly ListedSegment[] {
    return lastOf(this.#segments, listedSeconds);
  }

  segment(number: number): Uint8Array | undefined {
    return this.#segments.find((one) => one.number === number)?.octets;
  }

  /** The newest, or the one that is asked for. */
  init(number: number = this.#initNumber): Uint8Array | undefined {
    return this.#inits.get(number);
  }

  [Symbol.dispose](): void {
    this.#stop();
    for (const tell of this.#waiting.splice(0)) tell();
  }

  #take(piece: Piece): void {
    if ("init" in piece) {
      this.#close();
      this.#inits.set(++this.#initNumber, piece.init.octets);
      return;
    }
    const { fragment } = piece;
    const seconds = secondsOf(this.#open);
    const isWhole = fragment.isKey && seconds >= (this.#next < beginSegments ? shortestFirst : shortest);
    if (isWhole || seconds + fragment.duration > longest) this.#close();
    if (this.#open.length > 0 || fragment.isKey || this.#segments.length > 0) this.#open.push(fragment);
  }

  #close(): void {
    const open = this.#open;
    if (open.length === 0) return;
    const seconds = secondsOf(open);
    this.#open = [];
    const octets = joinOctets(...open.map((fragment) => fragment.octets));
    this.#segments.push({ number: this.#next++, seconds, init: this.#initNumber, octets });
    this.#segments = lastOf(this.#segments, keptSeconds);
    const oldest = this.#segments[0]?.init ?? this.#initNumber;
    for (const number of this.#inits.keys()) if (number < oldest) this.#inits.delete(number);
    if (this.#segments.length >= beginSegments) for (const tell of this.#waiting.splice(0)) tell();
  }
}

const secondsOf = (fragments: readonly Fragment[]): number =>
  fragments.reduce((sum, { duration }) => sum + duration, 0);

/** As few of the last as have so many seconds together. */
function lastOf(segments: Segment[], seconds: number): Segment[] {
  let [from, sum] = [segments.length, 0];
  while (from > 0 && sum < seconds) sum += segments[--from]?.seconds ?? 0;
  return segments.slice(from);
}
