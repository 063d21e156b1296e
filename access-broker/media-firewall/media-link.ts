/** One media link at the broker's end: what the home sends is read as frames and judged piece by piece, and what was taken is told, which paces the home. */

import type { Duplex } from "node:stream";
import { encodeMediaFrame, type MediaFrame, MediaFrameReader } from "../../gateway-core/bytes/media-frames.ts";
import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";
import { HomeError, toHomeError } from "../../gateway-core/contract/errors.ts";
import { mediaBeatMs, mediaSilenceMs, type StreamHead } from "../../gateway-core/contract/media-link.ts";
import type { Piece } from "../../gateway-core/contract/stream.ts";
import type { HomeBudget } from "./media-budget.ts";
import { PieceGuard } from "./piece-guard.ts";

/** What comes by itself, a frame or a part of one, makes work: as much as so many octets. */
const leastCounted = 256;

export interface MediaLinkOptions {
  readonly clock: Clock;
  readonly budget: Pick<HomeBudget, "spend">;
  readonly mostKbps: number;
  readonly longestSeconds: number;
  readonly onHead: (head: StreamHead) => void;
  readonly onPiece: (piece: Piece) => void;
  /** Once: what the home says, or what went wrong. */
  readonly onEnd: (error: HomeError) => void;
}

export interface MediaLink {
  /** Octets that came by it. */
  readonly octets: number;
  /** Ends it at once; tells nobody. */
  close(): void;
}

export function openMediaLink(socket: Duplex, options: MediaLinkOptions): MediaLink {
  const { clock, budget, mostKbps, longestSeconds, onHead, onPiece, onEnd } = options;
  const reader = new MediaFrameReader("gateway");
  const guard = new PieceGuard(mostKbps);
  let [octets, isOver, hasHead] = [0, false, false];
  let pause: Timer | undefined;
  let silence = clock.after(mediaSilenceMs, onSilence);
  let beat = clock.after(mediaBeatMs, onBeat);
  const longest = clock.after(longestSeconds * 1000, () => {
    const details = { reason: "longest-seconds", maximum: longestSeconds };
    end(new HomeError("stream-quota-reached", "this stream has lasted as long as it may", details));
  });

  function close(): void {
    if (isOver) return;
    isOver = true;
    for (const timer of [pause, silence, beat, longest]) timer?.cancel();
    socket.destroy();
  }

  function end(error: HomeError): void {
    if (isOver) return;
    close();
    onEnd(error);
  }

  const away = (): void => end(new HomeError("home-away", "the home's stream broke off"));
  function onSilence(): void {
    away();
  }
  /** What was taken is the sign of life too. */
  function tellTaken(): void {
    if (!socket.destroyed && !socket.writableNeedDrain) socket.write(encodeMediaFrame({ kind: "taken", octets }));
  }
  function onBeat(): void {
    beat = clock.after(mediaBeatMs, onBeat);
    tellTaken();
  }

  function take(frame: MediaFrame): void {
    if (isOver) return;
    if (frame.kind === "end") end(frame.error);
    else if (frame.kind === "head") {
      hasHead = true;
      onHead(frame.head);
    } else if (frame.kind === "piece") {
      if (!hasHead) throw new HomeError("link-message-invalid", "a home's stream is refused: no head came first");
      guard.accept(frame.piece);
      onPiece(frame.piece);
    }
  }

  socket.on("error", () => undefined);
  socket.once("close", away);
  socket.once("end", away);
  socket.on("data", (chunk: Uint8Array) => {
    if (isOver) return;
    silence.cancel();
    silence = clock.after(mediaSilenceMs, onSilence);
    octets += chunk.length;
    try {
      const frames = reader.push(chunk);
      const work = Math.max(chunk.length, leastCounted * Math.max(1, frames.length));
      const waitMs = budget.spend(chunk.length, work);
      for (const frame of frames) take(frame);
      if (isOver) return;
      if (waitMs <= 0) return tellTaken();
      // Not read for a while: the home has no more under way than it was told that is taken.
      socket.pause();
      silence.cancel();
      pause = clock.after(waitMs, () => {
        silence = clock.after(mediaSilenceMs, onSilence);
        tellTaken();
        socket.resume();
      });
    } catch (thrown) {
      end(toHomeError(thrown));
    }
  });
  socket.resume();
  if (socket.destroyed) away();

  return {
    get octets() {
      return octets;
    },
    close,
  };
}
