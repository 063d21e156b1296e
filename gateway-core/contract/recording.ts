/** What a gateway keeps of the streams of its devices, for who may watch them (docs/interfaces.md, recordings). */

import type { JsonObject } from "./json.ts";
import type { SourceForm } from "./stream.ts";

export interface Recording {
  readonly id: string;
  readonly device: string;
  /** What the device sent, untouched; `mp4`: a clip that was made of it. */
  readonly form: SourceForm | "mp4";
  readonly state: "recording" | "converting" | "whole" | "failed";
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** From its first octet to its last. */
  readonly seconds: number;
  readonly octets: number;
  /** Why it ended, where nobody stopped it: an error's code, "longest" or "interrupted". */
  readonly reason?: string;
  /** Of a clip: the recording that it was made of. */
  readonly of?: string;
  /** While it is being converted. */
  readonly progress?: ConversionProgress;
  /** In lists, and only where it is so: something of what the device sent is known to be missing. */
  readonly hasGaps?: true;
  /** What is known to be missing of what the device sent, as `genkan capture-av` tells it. */
  readonly evidence?: JsonObject;
}

export interface ConversionProgress {
  /** Of the input, 0 to 1; null while that is not known. */
  readonly part: number | null;
  /** Seconds of media in a second of time. */
  readonly speed: number | null;
  readonly remainingSeconds: number | null;
}

/** `h264`: for browsers; `mpeg4`: for players that know nothing newer. `high`: 480 lines; `low`: 240. */
export interface ClipWish {
  readonly profile: "h264" | "mpeg4";
  readonly rung: "high" | "low";
}

export interface Recordings {
  /** The newest first. */
  list(): readonly Recording[];
  /**
   * A device is recorded once at a time: where it is already, that is the answer.
   * @throws HomeError `recordings-full`, `recordings-unwritable`, `too-many-streams`, and what the stream cannot be had for
   */
  start(device: string): Promise<Recording>;
  /** Resolves when all that came is on the disk; of what has ended already, with that. @throws HomeError `not-found` */
  stop(id: string): Promise<Recording>;
  /** Answers at once; one is converted after another. @throws HomeError `not-found`, `recordings-full` */
  clip(id: string, wish: ClipWish): Promise<Recording>;
  /** Stops it first, where it is not whole. @throws HomeError `not-found` */
  remove(id: string): Promise<void>;
  /** The file, whole or the range that is asked for (RFC 9110, 14). @throws HomeError `not-found` for what is not whole */
  answer(id: string, request: Request): Promise<Response>;
}
