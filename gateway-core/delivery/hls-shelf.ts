/** The last segments of one rung for players of HTTP Live Streaming: about a second each, cut at whole pictures out of the fragments that everybody gets. */

import { joinOctets } from "../bytes/join-octets.ts";
import type { Fragment, Piece, PieceRing } from "../contract/stream.ts";
import { type ListedSegment, targetSeconds } from "./hls-playlist.ts";

interface Segment extends ListedSegment {
  readonly octets: Uint8Array;
}

/** A player begins three from the end, and a slow one comes late. */
const listedSegments = 6;
const keptSegments = 10;
const beginSegments = 3;
const shortestSeconds = 0.9;
/** Rounded it is still the target. */
const longestSeconds = targetSeconds + 0.45;

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
    return this.#segments.slice(-listedSegments);
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
    const seconds = this.#openSeconds();
    const isWhole = fragment.isKey && seconds >= shortestSeconds;
    if (isWhole || seconds + fragment.duration > longestSeconds) this.#close();
    if (this.#open.length > 0 || fragment.isKey || this.#segments.length > 0) this.#open.push(fragment);
  }

  #close(): void {
    const open = this.#open;
    if (open.length === 0) return;
    const seconds = this.#openSeconds();
    this.#open = [];
    const octets = joinOctets(...open.map((fragment) => fragment.octets));
    this.#segments.push({ number: this.#next++, seconds, init: this.#initNumber, octets });
    this.#segments = this.#segments.slice(-keptSegments);
    const oldest = this.#segments[0]?.init ?? this.#initNumber;
    for (const number of this.#inits.keys()) if (number < oldest) this.#inits.delete(number);
    if (this.#segments.length >= beginSegments) for (const tell of this.#waiting.splice(0)) tell();
  }

  #openSeconds(): number {
    return this.#open.reduce((sum, { duration }) => sum + duration, 0);
  }
}
