/** Frames of the media link (docs/interfaces.md, media link): a kind, the length of what follows in four octets, and that. Big-endian. */

import { HomeError } from "../contract/errors.ts";
import { parseStreamEnd, parseStreamHead, type StreamHead } from "../contract/media-link.ts";
import type { Piece } from "../contract/stream.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

export type MediaFrame =
  | { readonly kind: "head"; readonly head: StreamHead }
  | { readonly kind: "piece"; readonly piece: Piece }
  /** The last frame: why the stream has ended. */
  | { readonly kind: "end"; readonly error: HomeError }
  /** A sign of life. */
  | { readonly kind: "beat" }
  /** From the access broker alone: octets that it has taken since the link began, which is its sign of life too. */
  | { readonly kind: "taken"; readonly octets: number };

const kinds = { head: 1, init: 2, fragment: 3, end: 4, beat: 5, taken: 6 } as const;
type Kind = (typeof kinds)[keyof typeof kinds];
const longest: Readonly<Record<Kind, number>> = {
  [kinds.head]: 4_096,
  [kinds.init]: 64 * 1024,
  [kinds.fragment]: 1024 * 1024,
  [kinds.end]: 8_192,
  [kinds.beat]: 0,
  [kinds.taken]: 6,
};
/** The same for whatever octet is read as a kind. */
const longestOf: Readonly<Record<number, number>> = longest;
const headOctets = 5;
const microseconds = 1e6;
const longestSeconds = 60;
/** What a fragment takes, and some more. */
const usualOctets = 128 * 1024;
/** It is said to viewers as the type of their answer, so nothing else may stand in it. */
const mediaTypeForm = /^video\/mp4; codecs="[A-Za-z0-9.]{1,32}(?:, [A-Za-z0-9.]{1,32}){0,3}"$/;
const [videoFlag, audioFlag] = [1, 2];

/** @throws HomeError `frame-too-long`, `frame-malformed` for what no such frame can say. */
export function encodeMediaFrame(frame: MediaFrame): Uint8Array {
  const [kind, payload] = payloadOf(frame);
  if (payload.length > longest[kind]) throw tooLong(kind, payload.length);
  return new ByteWriter().uint(kind, 1).uint(payload.length, 4).octets(payload).toOctets();
}

/** Reads what comes from one end, however it is cut: what is not whole yet is kept once, however small its parts are. */
export class MediaFrameReader {
  readonly #from: "gateway" | "broker";
  #room = new Uint8Array(0);
  #length = 0;
  /** Octets that must be there before it is worth looking. */
  #wanted = headOctets;

  constructor(from: "gateway" | "broker") {
    this.#from = from;
  }

  /** The frames that are whole now. @throws HomeError `frame-malformed`, `frame-too-long`, `link-message-invalid` */
  push(octets: Uint8Array): MediaFrame[] {
    this.#keep(octets);
    const frames: MediaFrame[] = [];
    let from = 0;
    while (this.#length - from >= this.#wanted) {
      const reader = new ByteReader(this.#room.subarray(from, this.#length));
      const kind = reader.uint(1);
      const length = this.#judge(kind, reader.uint(4));
      this.#wanted = headOctets + length;
      if (reader.remaining < length) break;
      frames.push(decode(kind, reader.octets(length)));
      from += this.#wanted;
      this.#wanted = headOctets;
    }
    this.#room.copyWithin(0, from, this.#length);
    this.#length -= from;
    return frames;
  }

  #keep(octets: Uint8Array): void {
    const length = this.#length + octets.length;
    // Twice as much each time it grows, so that each octet is copied a few times at most; the room of one long frame is let go.
    if (length > this.#room.length || (this.#length === 0 && this.#room.length > usualOctets)) {
      const room = new Uint8Array(Math.max(length, 2 * this.#length));
      room.set(this.#room.subarray(0, this.#length));
      this.#room = room;
    }
    this.#room.set(octets, this.#length);
    this.#length = length;
  }

  #judge(kind: number, length: number): number {
    const most = longestOf[kind];
    if (most === undefined || (kind === kinds.taken) !== (this.#from === "broker")) {
      throw malformed(`a frame of kind ${kind} from the ${this.#from}`);
    }
    if (length > most) throw tooLong(kind, length);
    return length;
  }
}

function payloadOf(frame: MediaFrame): [Kind, Uint8Array] {
  if (frame.kind === "head") {
    const { rungs, rung, audioCount } = frame.head;
    return [kinds.head, jsonOctets({ rungs, rung, audioCount })];
  }
  if (frame.kind === "end") return [kinds.end, jsonOctets(frame.error.toBody())];
  if (frame.kind === "beat") return [kinds.beat, new Uint8Array(0)];
  if (frame.kind === "taken") return [kinds.taken, new ByteWriter().uint(frame.octets, 6).toOctets()];
  const { piece } = frame;
  if ("init" in piece) {
    const { octets, mediaType, hasVideo, hasAudio } = piece.init;
    if (!mediaTypeForm.test(mediaType)) throw malformed("a media type of another form");
    const flags = (hasVideo ? videoFlag : 0) | (hasAudio ? audioFlag : 0);
    const type = new TextEncoder().encode(mediaType);
    const written = new ByteWriter().uint(flags, 1).uint(type.length, 1).octets(type).octets(octets);
    return [kinds.init, written.toOctets()];
  }
  const { octets, isKey, start, duration } = piece.fragment;
  const times = [start, duration].map((seconds) => Math.round(seconds * microseconds));
  const [startMicros = 0, durationMicros = 0] = times;
  if (!(startMicros >= 0 && startMicros < 2 ** 48 && isDuration(durationMicros))) throw malformed("a fragment's times");
  const written = new ByteWriter()
    .uint(isKey ? 1 : 0, 1)
    .uint(startMicros, 6)
    .uint(durationMicros, 4);
  return [kinds.fragment, written.octets(octets).toOctets()];
}

function decode(kind: number, payload: Uint8Array): MediaFrame {
  if (kind === kinds.head) return { kind: "head", head: parseStreamHead(jsonOf(payload)) };
  if (kind === kinds.end) return { kind: "end", error: parseStreamEnd(jsonOf(payload)) };
  if (kind === kinds.beat) return { kind: "beat" };
  const reader = new ByteReader(payload);
  if (kind === kinds.taken) return { kind: "taken", octets: reader.uint(6) };
  if (kind === kinds.init) {
    const flags = reader.uint(1);
    const mediaType = String.fromCharCode(...reader.octets(reader.uint(1)));
    if (flags > (videoFlag | audioFlag) || !mediaTypeForm.test(mediaType)) throw malformed("an initialization segment");
    const [hasVideo, hasAudio] = [(flags & videoFlag) !== 0, (flags & audioFlag) !== 0];
    return { kind: "piece", piece: { init: { octets: rest(reader), mediaType, hasVideo, hasAudio } } };
  }
  const flags = reader.uint(1);
  const [start, duration] = [reader.uint(6), reader.uint(4)];
  if (flags > 1 || !isDuration(duration)) throw malformed("a fragment");
  const times = { start: start / microseconds, duration: duration / microseconds };
  return { kind: "piece", piece: { fragment: { octets: rest(reader), isKey: flags === 1, ...times } } };
}

/** A copy: what it came in is larger and must not live as long. */
const rest = (reader: ByteReader): Uint8Array => new Uint8Array(reader.octets(reader.remaining));
const isDuration = (micros: number): boolean => micros >= 0 && micros <= longestSeconds * microseconds;
const jsonOctets = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function jsonOf(octets: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets));
  } catch (cause) {
    throw new HomeError("frame-malformed", "a frame's text is no JSON", {}, cause);
  }
}

const malformed = (what: string): HomeError => new HomeError("frame-malformed", `${what} is not of its form`);
const tooLong = (kind: number, octets: number): HomeError =>
  new HomeError("frame-too-long", `a frame of kind ${kind} with ${octets} octets`, { kind, octets });
