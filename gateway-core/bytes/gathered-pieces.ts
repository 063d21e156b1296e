/** A web stream of octets (WHATWG Streams §4) whose reader may take all that has come at once, and need not ask for each piece. */

export interface PiecesSource {
  /** Somebody waits for what comes next. */
  readonly onWanted: () => void;
  /** Nobody takes any more of it. */
  readonly onCancel: () => void;
}

export interface Pieces {
  readonly stream: ReadableStream<Uint8Array>;
  /** Octets that have come and were not taken. */
  readonly waiting: number;
  /** Whether somebody waits for what comes next. */
  readonly isWanted: boolean;
  push(piece: Uint8Array): void;
  /** Comes to its end, or with a cause breaks off, when all that has come is taken. */
  end(cause?: unknown): void;
}

const takers = new WeakMap<ReadableStream<Uint8Array>, () => readonly Uint8Array[]>();

/** Of a stream that is gathered, what has come beyond the piece that was read; of any other, nothing. */
export const takeWaiting = (stream: ReadableStream<Uint8Array>): readonly Uint8Array[] => takers.get(stream)?.() ?? [];

/**
 * Pieces that come in one turn of the event loop are handed over when it is over: HTTP/2 over TLS makes two of 16 KiB,
 * and a promise for each costs more than the octets. The first goes at once, and the end behind the last: a page is one
 * piece, and leaves in the turn in which it came.
 */
export function gatherPieces({ onWanted, onCancel }: PiecesSource): Pieces {
  let pieces: Uint8Array[] = [];
  let waiting = 0;
  let wanted: ReadableStreamDefaultController<Uint8Array> | undefined;
  let conclude: ((to: ReadableStreamDefaultController<Uint8Array>) => void) | undefined;
  let [isBegun, isDue, isOver] = [false, false, false];

  const take = (): readonly Uint8Array[] => {
    const taken = pieces;
    [pieces, waiting] = [[], 0];
    return taken;
  };
  function serve(): void {
    isDue = false;
    if (wanted === undefined) return;
    const to = wanted;
    const piece = pieces.shift();
    if (piece === undefined && conclude === undefined) {
      onWanted();
      return;
    }
    wanted = undefined;
    waiting -= piece?.length ?? 0;
    if (piece === undefined) conclude?.(to);
    else to.enqueue(piece);
  }
  const serveSoon = (): void => {
    if (isDue || wanted === undefined) return;
    isDue = true;
    setImmediate(serve);
  };

  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        wanted = controller;
        serve();
      },
      cancel() {
        isOver = true;
        wanted = undefined;
        take();
        onCancel();
      },
    },
    { highWaterMark: 0 },
  );
  takers.set(stream, take);
  return {
    stream,
    get waiting() {
      return waiting;
    },
    get isWanted() {
      return wanted !== undefined;
    },
    push(piece) {
      if (isOver) return;
      pieces.push(piece);
      waiting += piece.length;
      if (isBegun) serveSoon();
      else serve();
      isBegun = true;
    },
    end(cause) {
      if (isOver) return;
      isOver = true;
      conclude = (to) => (cause === undefined ? to.close() : to.error(cause));
      if (pieces.length > 0) serveSoon();
      else serve();
    },
  };
}
