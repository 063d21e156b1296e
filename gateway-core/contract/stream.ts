/**
 * A stream from a device to whoever watches: what the device sends, what it is converted to, and what is kept of that for
 * its viewers, in the home and at the access broker alike (docs/interfaces.md, streams).
 */

import type { HomeError } from "./errors.ts";
import type { JsonObject } from "./json.ts";

/** MPEG-2 transport packets of 188 octets, or frames of DV. */
export type SourceForm = "mpegts" | "dv";

/** What a device sends, from the moment that it was connected to; disposing of it lets the device and its bus go. */
export interface AvSource extends AsyncDisposable {
  readonly form: SourceForm;
  /** Whole frames, or runs of whole packets, while the device sends any, which do not change afterwards; ends when disposed of. Throws HomeError when the device or its connection is lost. */
  readonly octets: AsyncIterable<Uint8Array>;
  /** What is known to be missing of what was read so far, where the device's bus can tell. */
  readonly evidence?: () => JsonObject;
}

/** One quality of a stream. */
export interface Rung {
  readonly name: string;
  /** Lines of the picture, at most; its width follows from the source's shape. */
  readonly height: number;
  readonly videoKbps: number;
  readonly audioKbps: number;
}

export const kbpsOf = ({ videoKbps, audioKbps }: Rung): number => videoKbps + audioKbps;

/** What a player must have first. */
export interface InitSegment {
  readonly octets: Uint8Array;
  /** For `isTypeSupported`: `video/mp4; codecs="avc1.4d401e, mp4a.40.2"`. */
  readonly mediaType: string;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
}

/** Some tenths of a second of a stream (ISO/IEC 14496-12, 8.8). */
export interface Fragment {
  readonly octets: Uint8Array;
  /** Whether a player may begin with it. */
  readonly isKey: boolean;
  /** Seconds, on the encoder's time line, of the picture (of the sound where there is none). */
  readonly start: number;
  readonly duration: number;
}

export type Piece = { readonly init: InitSegment } | { readonly fragment: Fragment };

/** One rung of a stream as one viewer gets it. */
export interface Watching {
  readonly body: ReadableStream<Uint8Array>;
  /** Seconds of media that were skipped for this viewer. */
  readonly skippedSeconds: number;
}

/** The last pieces of one rung, and those who follow it. */
export interface PieceRing {
  push(piece: Piece): void;
  /** Lets everybody go. */
  end(): void;
  /** Resolves with the first initialization segment; at once when it is there. */
  init(): Promise<InitSegment>;
  /** At the viewer's own pace, from the newest whole picture on. */
  watch(): Watching;
  /**
   * At once and as it comes, from the newest whole picture on (from the oldest that is kept, where `isFromOldest`): what
   * is kept first, then each piece. The answer stops it.
   */
  follow(take: (piece: Piece) => void, isFromOldest?: boolean): () => void;
}

/** Sounds are counted from 1; no device sends more than this. */
export const mostAudio = 8;

/** One hold on a stream, which goes on while anybody holds it. */
export interface StreamHold extends Disposable {
  /** Best first. */
  readonly rungs: readonly Rung[];
  /** How many sounds its device sends, of which one is heard: pairs of channels of DV, languages of a broadcast. 0: not known yet. */
  readonly audioCount: number;
  /** Why the stream has ended, when it has. */
  readonly over: Promise<HomeError>;
  /** @throws HomeError `not-found` for a rung that there is not, and what it cannot be had for. */
  ring(rung: string): Promise<PieceRing>;
}
