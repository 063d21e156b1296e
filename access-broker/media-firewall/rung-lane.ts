/** One rung of one home's stream at the access broker: a link while anybody wants its pieces, one for all of them, ended soon after the last has left. */

import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { StreamHead } from "../../gateway-core/contract/media-link.ts";
import type { InitSegment, Piece, PieceRing, Watching } from "../../gateway-core/contract/stream.ts";
import type { MediaLink } from "./media-link.ts";

/** After the last viewer; a step to another rung and back takes less. */
const lingerMs = 800;
/** Who has asked for a stream takes it up within this time. */
const firstMs = 10_000;
/** What a home may need until it says its first word: the bus, the device, the converter. */
const headMs = 25_000;

const ignore = (): void => undefined;

export interface LaneOptions {
  readonly clock: Clock;
  readonly ring: () => PieceRing;
  /** Has the home dial. What it sends comes by the three; @throws HomeError */
  readonly open: (
    onHead: (head: StreamHead) => void,
    onPiece: (piece: Piece) => void,
    onEnd: (error: HomeError) => void,
  ) => Promise<MediaLink>;
  /** The link broke or ended, not by us, after its head had come. */
  readonly onEnd: (error: HomeError) => void;
}

export class RungLane {
  readonly #options: LaneOptions;
  #ring: PieceRing;
  #link: Promise<MediaLink> | undefined;
  #head: Promise<StreamHead> | undefined;
  /** Lets go whoever waits for the head. */
  #abandon: (error: HomeError) => void = ignore;
  #users = 0;
  #timer: Timer | undefined;
  #isOver = false;
  /** Counts links, so that what an older one says is not heard. */
  #turn = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#ring = options.ring();
  }

  /** Resolves when the home has said its first word about it. @throws HomeError why it cannot be had */
  ready(): Promise<StreamHead> {
    this.#head ??= this.#open();
    const head = this.#head;
    if (this.#users === 0) {
      this.#timer?.cancel();
      const awaitFirst = (): void => {
        if (this.#users === 0 && this.#head === head) this.#endAfter(firstMs);
      };
      void head.then(awaitFirst, ignore);
    }
    return head;
  }

  /** The pieces, whichever link they come by. */
  face(): PieceRing {
    const ready = (): void => void this.ready().catch((thrown: HomeError) => this.#fail(thrown));
    return {
      push: (piece) => this.#ring.push(piece),
      end: () => this.#ring.end(),
      init: (): Promise<InitSegment> => {
        ready();
        return this.#ring.init();
      },
      follow: (take, isFromOldest) => {
        ready();
        const leave = this.#enter();
        const stop = this.#ring.follow(take, isFromOldest);
        return () => {
          stop();
          leave();
        };
      },
      watch: (): Watching => {
        ready();
        const watching = this.#ring.watch();
        return {
          body: onceRead(watching.body, this.#enter()),
          get skippedSeconds() {
            return watching.skippedSeconds;
          },
        };
      },
    };
  }

  /** Ends it at once. */
  close(): void {
    this.#isOver = true;
    this.#end();
  }

  #enter(): () => void {
    this.#users++;
    this.#timer?.cancel();
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      this.#users--;
      if (this.#users === 0) this.#endAfter(lingerMs);
    };
  }

  #endAfter(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(ms, () => this.#end());
  }

  #end(): void {
    this.#turn++;
    this.#timer?.cancel();
    void this.#link?.then((link) => link.close(), ignore);
    [this.#link, this.#head] = [undefined, undefined];
    this.#abandon(new HomeError("home-away", "the home's stream has ended"));
    this.#ring.end();
    this.#ring = this.#options.ring();
  }

  #fail(error: HomeError): void {
    if (!this.#isOver) this.#options.onEnd(error);
  }

  async #open(): Promise<StreamHead> {
    if (this.#isOver) throw new HomeError("home-away", "the home's stream has ended");
    const turn = ++this.#turn;
    const { promise: head, resolve, reject } = Promise.withResolvers<StreamHead>();
    // Whoever waits for it handles it.
    head.catch(ignore);
    let hasHead = false;
    this.#abandon = (error) => {
      late.cancel();
      reject(error);
    };
    const late = this.#options.clock.after(headMs, () =>
      onEnd(new HomeError("device-silent", "the home says nothing")),
    );
    const onEnd = (error: HomeError): void => {
      late.cancel();
      reject(error);
      if (turn !== this.#turn) return;
      this.#end();
      if (hasHead) this.#fail(error);
    };
    const onHead = (told: StreamHead): void => {
      late.cancel();
      hasHead = true;
      resolve(told);
    };
    const onPiece = (piece: Piece): void => {
      if (turn === this.#turn) this.#ring.push(piece);
    };
    this.#link = this.#options.open(onHead, onPiece, onEnd);
    this.#link.catch((thrown: HomeError) => onEnd(thrown));
    return head;
  }
}

/** The same octets, and a word when nobody reads them any more. */
function onceRead(body: ReadableStream<Uint8Array>, left: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        left();
        controller.close();
      },
      async cancel(reason) {
        left();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
