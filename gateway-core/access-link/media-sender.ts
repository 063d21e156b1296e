/**
 * One rung of a stream on its way up to the access broker: never more under way than the line takes, never more waiting
 * than some seconds, and the rung lowered when it does not drain. Knows no socket.
 */

import { encodeMediaFrame } from "../bytes/media-frames.ts";
import type { Clock } from "../contract/clock.ts";
import { type HomeError, toHomeError } from "../contract/errors.ts";
import { type Fragment, kbpsOf, type Piece, type PieceRing, type Rung, type StreamHold } from "../contract/stream.ts";
import { SendWindow } from "./send-window.ts";
import type { Place, UplinkRoom } from "./uplink-room.ts";

/** Seconds of media that wait before a lower rung is taken, and before some are left out. */
const [lowerAfter, mostWaiting] = [0.7, 3];
/** So much waits between two fragments without the line being slow. */
const behindSeconds = 0.3;
/** From one whole picture to the next: until then no lower rung can be gone over to. */
const groupSeconds = 1;
/** Octets written at once: what is under way goes no further beyond the window than this. */
const sliceOctets = 4 * 1024;
/** Two rungs of one encoder cut at the same pictures; their clocks round differently. */
const sameTime = 0.01;

export interface MediaSenderOptions {
  readonly clock: Clock;
  readonly hold: StreamHold;
  readonly room: UplinkRoom;
  readonly wished: string | undefined;
  /** False when no more should be written until `resume`. */
  readonly write: (octets: Uint8Array) => boolean;
  /** The last frame is written. */
  readonly onEnd: () => void;
}

interface Waiting {
  readonly octets: Uint8Array;
  readonly fragment?: Fragment;
}

export class MediaSender implements Disposable {
  readonly #options: MediaSenderOptions;
  readonly #place: Place;
  readonly #window = new SendWindow();
  #queue: Waiting[] = [];
  #rest = new Uint8Array(0);
  #isBlocked = false;
  #isBegun = false;
  #toldRung: string | undefined;
  #toldAudioCount = 0;
  #isLast = false;
  /** When what was written last begins. */
  #writtenStart = Number.NEGATIVE_INFINITY;
  #unfollow: () => void = () => undefined;
  /** Ends the wait for the rung that is to follow next. */
  #abandon: (() => void) | undefined;
  skippedSeconds = 0;

  /** @throws HomeError `stream-quota-reached`, `not-found` */
  constructor(options: MediaSenderOptions) {
    this.#options = options;
    const { hold, room, wished } = options;
    this.#place = room.enter(hold.rungs, wished);
    // At once: whoever asks learns that there is a stream before its device shows anything.
    this.#tellRung(this.#place.rung.name);
    void this.#begin(this.#place.rung);
    void hold.over.then((error) => this.end(error));
  }

  get rung(): string {
    return this.#place.rung.name;
  }

  /** Seconds of media that wait. */
  get waiting(): number {
    return this.#queue.reduce((sum, { fragment }) => sum + (fragment?.duration ?? 0), 0);
  }

  /** More may be written. */
  resume(): void {
    this.#isBlocked = false;
    this.#pump();
  }

  /** The other end has taken so much. @throws HomeError `link-message-invalid` */
  taken(octets: number): void {
    this.#window.taken(octets, this.#options.clock.now());
    this.#pump();
  }

  /** From time to time: a sign of life, and a look whether a better rung may be tried. */
  beat(): void {
    this.#put({ octets: encodeMediaFrame({ kind: "beat" }) });
    this.#tellSeen(this.#window.drain.carriesKbps(this.#options.clock.now()));
    if (this.#abandon !== undefined || this.#isLast || this.waiting > 0) return;
    const higher = this.#place.higher();
    if (higher !== undefined) void this.#begin(higher);
  }

  /** Says why the stream is over, behind what waits. */
  end(error: HomeError): void {
    if (this.#isLast) return;
    this.#letGo();
    this.#put({ octets: encodeMediaFrame({ kind: "end", error }) });
    this.#isLast = true;
    this.#pump();
  }

  [Symbol.dispose](): void {
    this.#isLast = true;
    this.#queue = [];
    this.#letGo();
  }

  #letGo(): void {
    this.#tellSeen(this.#window.drain.carriesKbps(this.#options.clock.now()));
    this.#unfollow();
    this.#abandon?.();
    this.#place.leave();
  }

  /** Goes over to a rung at its next whole picture that has not been written yet. */
  async #begin(rung: Rung): Promise<void> {
    let isOver = false;
    this.#abandon = () => {
      isOver = true;
    };
    let ring: PieceRing;
    try {
      ring = await this.#options.hold.ring(rung.name);
    } catch (thrown) {
      return this.end(toHomeError(thrown));
    }
    if (isOver) return;
    let unfollow: (() => void) | undefined;
    let init: Uint8Array | undefined;
    let isFollowed = false;
    const leave = (): void => {
      isOver = true;
      unfollow?.();
    };
    this.#abandon = leave;
    const hear = (piece: Piece): void => {
      if (isOver) return;
      if (isFollowed) {
        if ("init" in piece) this.#put({ octets: encodeMediaFrame({ kind: "piece", piece }) });
        else this.#take(piece.fragment);
      } else if ("init" in piece) init = encodeMediaFrame({ kind: "piece", piece });
      else if (init !== undefined && piece.fragment.isKey && this.#goOver(rung, init, piece.fragment)) {
        isFollowed = true;
        this.#unfollow();
        this.#unfollow = leave;
        this.#abandon = undefined;
        this.#take(piece.fragment);
      }
    };
    unfollow = ring.follow((piece) => {
      try {
        hear(piece);
      } catch (thrown) {
        // What no frame can say ends this link, and harms nobody else who follows.
        this.end(toHomeError(thrown));
      }
    });
    // What is kept came before there was a way to stop it.
    if (isOver) unfollow();
  }

  /** False: what begins there has been written already. */
  #goOver({ name }: Rung, init: Uint8Array, { start }: Fragment): boolean {
    if (start <= this.#writtenStart + sameTime) return false;
    this.#queue = this.#queue.filter(({ fragment }) => fragment === undefined || fragment.start < start - sameTime);
    this.#isBegun = true;
    if (name !== this.#toldRung) this.#tellRung(name);
    this.#put({ octets: init });
    return true;
  }

  #tellRung(rung: string): void {
    this.#toldRung = rung;
    const { rungs, audioCount } = this.#options.hold;
    this.#toldAudioCount = audioCount;
    this.#put({ octets: encodeMediaFrame({ kind: "head", head: { rungs, rung, audioCount } }) });
  }

  #take(fragment: Fragment): void {
    const isCounted = this.#options.hold.audioCount === this.#toldAudioCount;
    if (!isCounted && this.#toldRung !== undefined) this.#tellRung(this.#toldRung);
    if (!this.#isBegun && !fragment.isKey) {
      this.skippedSeconds += fragment.duration;
      return;
    }
    this.#isBegun = true;
    this.#put({ octets: encodeMediaFrame({ kind: "piece", piece: { fragment } }), fragment });
    if (this.#abandon === undefined) this.#lowerInTime();
    if (this.waiting > mostWaiting) this.#skip();
  }

  /** What the line carries is of use to whoever begins next, too. */
  #tellSeen(kbps: number | undefined): void {
    if (kbps !== undefined) this.#place.saw(kbps);
  }

  /**
   * Lowers the rung as soon as too much would wait by the next whole picture, at the rate at which the line drains now; while
   * something else of this home goes up, which makes way, only when so much waits.
   */
  #lowerInTime(): void {
    if (this.waiting <= behindSeconds) return;
    const drains = this.#window.drain.drainsKbps(this.#options.clock.now());
    const isKnown = drains !== undefined && this.#place.isAlone;
    const growth = isKnown ? Math.max(0, 1 - drains / kbpsOf(this.#place.rung)) : 0;
    if (this.waiting + growth * groupSeconds <= lowerAfter) return;
    this.#tellSeen(drains);
    const lower = this.#place.lower(drains);
    if (lower !== undefined) void this.#begin(lower);
  }

  /** Leaves out what waits, up to the newest whole picture. */
  #skip(): void {
    const key = this.#queue.findLastIndex(({ fragment }) => fragment?.isKey === true);
    const isFirst = !this.#queue.slice(0, Math.max(0, key)).some(({ fragment }) => fragment !== undefined);
    const until = key < 0 || isFirst ? this.#queue.length : key;
    this.#isBegun = until < this.#queue.length;
    this.#queue = this.#queue.filter(({ fragment }, at) => {
      if (fragment === undefined || at >= until) return true;
      this.skippedSeconds += fragment.duration;
      return false;
    });
  }

  #put(waiting: Waiting): void {
    if (this.#isLast) return;
    this.#queue.push(waiting);
    this.#pump();
  }

  #pump(): void {
    const { clock, write, onEnd } = this.#options;
    while (!this.#isBlocked && this.#window.free > 0) {
      if (this.#rest.length === 0) {
        const next = this.#queue.shift();
        if (next === undefined) {
          if (this.#isLast) onEnd();
          break;
        }
        this.#rest = new Uint8Array(next.octets);
        if (next.fragment !== undefined) this.#writtenStart = next.fragment.start;
      }
      const slice = this.#rest.subarray(0, sliceOctets);
      this.#rest = this.#rest.subarray(slice.length);
      this.#window.sent(slice.length, clock.now());
      this.#isBlocked = !write(slice);
    }
    this.#place.waits(this.waiting > 0);
  }
}
