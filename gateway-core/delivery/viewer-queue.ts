/** What waits for one viewer of a stream: sent as fast as it is taken, bounded in seconds of media, skipped ahead to a whole picture when it grows too long. */

import type { Fragment, InitSegment, Piece } from "../contract/stream.ts";

export interface ViewerQueueOptions {
  /** Seconds that may wait before the viewer is skipped ahead. */
  readonly mostWaitingSeconds: number;
  /** How often a viewer may be skipped ahead before it is let go. */
  readonly mostSkips: number;
  /** The viewer has left, could not follow, or was let go: told once. */
  readonly onEnd: () => void;
}

/** Octets under way to the viewer, beyond what the socket holds: more would only add delay. */
const octetsUnderWay = 64 * 1024;
/** Two encoders of one source name the same moment with other roundings. */
export const sameMoment: number = 0.02;

export class ViewerQueue {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: ViewerQueueOptions;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #waiting: Piece[] = [];
  #isBegun = false;
  /** Which tracks the answer began with. */
  #tracks: string | undefined;
  #isOver = false;
  #skips = 0;
  #skippedSeconds = 0;
  #sentOctets = 0;
  #sentUntil = Number.NEGATIVE_INFINITY;

  constructor(options: ViewerQueueOptions) {
    this.#options = options;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#flush(),
        cancel: () => {
          this.#controller = undefined;
          this.end();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: octetsUnderWay }),
    );
  }

  /** Seconds of media that wait. */
  get waitingSeconds(): number {
    return this.#waiting.reduce((sum, piece) => sum + ("fragment" in piece ? piece.fragment.duration : 0), 0);
  }

  /** Seconds of media that were skipped. */
  get skippedSeconds(): number {
    return this.#skippedSeconds;
  }

  get sentOctets(): number {
    return this.#sentOctets;
  }

  /** Where on the stream's time line the viewer is: the end of what was sent. */
  get sentUntil(): number {
    return this.#sentUntil;
  }

  /** The end of what waits, else of what was sent. */
  get queuedUntil(): number {
    const last = this.#waiting.at(-1);
    return last !== undefined && "fragment" in last ? endOf(last.fragment) : this.#sentUntil;
  }

  /** Whether the viewer would take more than there is. */
  get isHungry(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  /** An initialization segment begins anew: what waited before it is of no use; and then a whole picture is waited for. */
  send(piece: Piece): void {
    if ("init" in piece) {
      if (this.#isOther(piece.init)) {
        this.end();
        return;
      }
      this.#waiting = [piece];
      this.#isBegun = false;
    } else if (this.#isBegun || piece.fragment.isKey) {
      this.#isBegun = true;
      this.#waiting.push(piece);
    }
    this.#flush();
    if (this.waitingSeconds > this.#options.mostWaitingSeconds) this.#skipAhead();
  }

  /** What waits from the first of these on gives way to them: the same moments of another rung. */
  replace(init: InitSegment, fragments: readonly Fragment[]): void {
    if (this.#isOther(init)) {
      this.end();
      return;
    }
    const from = (fragments[0]?.start ?? Number.POSITIVE_INFINITY) - sameMoment;
    const kept = this.#waiting.filter((piece) => "init" in piece || piece.fragment.start < from);
    // An initialization segment that nothing follows any more is not sent.
    const last = kept.findLastIndex((piece) => "fragment" in piece);
    this.#waiting = [...kept.slice(0, last + 1), { init }, ...fragments.map((fragment) => ({ fragment }))];
    this.#isBegun = fragments.length > 0;
    this.#flush();
  }

  /** A player takes no other tracks than it began with: whose picture gets its sound, say, is to ask anew. */
  #isOther({ hasVideo, hasAudio }: InitSegment): boolean {
    const tracks = `${hasVideo} ${hasAudio}`;
    this.#tracks ??= tracks;
    return tracks !== this.#tracks;
  }

  /** Ends the answer after what was sent. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    this.#controller?.close();
    this.#controller = undefined;
    this.#options.onEnd();
  }

  #skipAhead(): void {
    const key = this.#waiting.findLastIndex((piece) => "fragment" in piece && piece.fragment.isKey);
    const dropped = this.#waiting.splice(0, key < 0 ? this.#waiting.length : key);
    // One whole picture that is longer than what may wait is all that there is.
    if (dropped.length === 0) return;
    this.#isBegun = key >= 0;
    for (const piece of dropped) if ("fragment" in piece) this.#skippedSeconds += piece.fragment.duration;
    const init = dropped.findLast((piece) => "init" in piece);
    if (init !== undefined) this.#waiting.unshift(init);
    this.#skips++;
    if (this.#skips > this.#options.mostSkips) this.end();
  }

  #flush(): void {
    while (this.#controller !== undefined && this.isHungry) {
      const piece = this.#waiting.shift();
      if (piece === undefined) return;
      const { octets } = "init" in piece ? piece.init : piece.fragment;
      if ("fragment" in piece) this.#sentUntil = endOf(piece.fragment);
      this.#sentOctets += octets.length;
      this.#controller.enqueue(octets);
    }
  }
}

const endOf = ({ start, duration }: Fragment): number => start + duration;
