/** Pictures out of a stream that is converted already, for whoever cannot play it: JPEG, one or several a second. */

import type { Piece, PieceRing } from "../contract/stream.ts";
import type { FfmpegProcess, StartFfmpeg } from "./ffmpeg-process.ts";
import { JpegSplitter } from "./jpeg-splitter.ts";
import { pictureArguments } from "./transcode-plan.ts";

/** Octets that may wait for the decoder before a piece is left out, to the next whole picture. */
const mostWaiting = 1 << 20;

export interface PictureOptions {
  readonly start: StartFfmpeg;
  readonly ring: PieceRing;
  /** Absent: one picture, the newest whole one. */
  readonly perSecond?: number;
  readonly onPicture: (jpeg: Uint8Array) => void;
  /** No more comes. */
  readonly onEnd: () => void;
}

/** Returns how to stop. */
export function takePictures({ start, ring, perSecond, onPicture, onEnd }: PictureOptions): () => void {
  let child: FfmpegProcess | undefined;
  let isOver = false;
  let isWhole = false;
  let isFed = false;

  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    unfollow();
    void child?.stop();
    onEnd();
  };

  /** Each initialization segment is a new beginning, and has a decoder of its own. */
  const begin = (init: Uint8Array): void => {
    void child?.stop();
    const begun = start(pictureArguments(perSecond), 1);
    child = begun;
    isWhole = false;
    const splitter = new JpegSplitter();
    begun.outputs[0]?.on("data", (octets: Uint8Array) => {
      for (const picture of splitter.push(octets)) if (child === begun && !isOver) onPicture(picture);
    });
    void begun.ended.then(() => {
      if (child === begun) stop();
    });
    begun.stdin.write(init);
  };

  const take = (piece: Piece): void => {
    if (isFed || isOver) return;
    if ("init" in piece) {
      begin(piece.init.octets);
      return;
    }
    const { isKey, octets } = piece.fragment;
    isWhole = (isWhole && (child?.stdin.writableLength ?? 0) < mostWaiting) || isKey;
    if (isWhole) child?.stdin.write(octets);
    if (perSecond !== undefined || !isWhole) return;
    isFed = true;
    child?.stdin.end();
  };

  let unfollow: () => void = () => undefined;
  unfollow = ring.follow(take);
  if (isOver) unfollow();
  return stop;
}
