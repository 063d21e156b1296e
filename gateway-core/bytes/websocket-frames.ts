/** Holds one direction of a WebSocket to its grammar and to size limits while its octets pass, unread and unchanged (RFC 6455 §5.2). Pure. */

import { HomeError } from "../contract/errors.ts";
import { joinOctets } from "./join-octets.ts";

export interface WebSocketLimits {
  /** Octets of one frame's payload. */
  readonly frame: number;
  /** Octets of one message, all its frames together. */
  readonly message: number;
  /** Frames of one message. */
  readonly fragments: number;
}

const text = 0x1;
const binary = 0x2;
const firstControl = 0x8;
const lastKnown = 0xa;
const longestControl = 125;

/** Walks over the frames of one direction. No extension is agreed on, so the reserved bits are never set. */
export class WebSocketLimit {
  readonly #limits: WebSocketLimits;
  readonly #isMasked: boolean;
  /** Octets of the present frame still to come. */
  #remaining = 0;
  /** A header cut by the end of a chunk: at most 13 octets. */
  #cut: Uint8Array = new Uint8Array(0);
  /** Of the message that is not whole yet. */
  #message: { octets: number; fragments: number } | undefined;

  /** A client's frames are masked, a server's are not. */
  constructor(from: "client" | "server", limits: WebSocketLimits) {
    this.#isMasked = from === "client";
    this.#limits = limits;
  }

  /** Whether a frame of one's own may be put here. */
  get isBetween(): boolean {
    return this.#remaining === 0 && this.#cut.length === 0;
  }

  /** @throws HomeError `frame-malformed`, `frame-too-long` */
  accept(chunk: Uint8Array): void {
    const octets = this.#withCut(chunk);
    let at = 0;
    while (at < octets.length) {
      const skipped = Math.min(this.#remaining, octets.length - at);
      this.#remaining -= skipped;
      at += skipped;
      if (at === octets.length) return;
      const header = decodeHeader(octets, at);
      if (header === undefined) {
        this.#cut = octets.slice(at);
        return;
      }
      this.#judge(header);
      this.#remaining = header.payload;
      at += header.octets;
    }
  }

  #judge({ isLast, reserved, opcode, isMasked, payload, isShortest }: Header): void {
    if (reserved !== 0) throw malformed("a reserved bit is set");
    if (isMasked !== this.#isMasked) throw malformed(isMasked ? "a masked frame" : "a frame without a mask");
    if (!isShortest) throw malformed("a length in more octets than it takes");
    if (payload > this.#limits.frame) throw tooLong("frame", payload, this.#limits.frame);
    if (opcode >= firstControl) {
      if (opcode > lastKnown || !isLast || payload > longestControl) throw malformed("no control frame");
      return;
    }
    if (opcode > binary) throw malformed("no kind of frame");
    const isFirst = opcode === text || opcode === binary;
    if (isFirst === (this.#message !== undefined)) throw malformed("a message within a message, or none to go on with");
    this.#count(isLast, payload);
  }

  #count(isLast: boolean, payload: number): void {
    const { octets, fragments } = this.#message ?? { octets: 0, fragments: 0 };
    const message = { octets: octets + payload, fragments: fragments + 1 };
    if (message.octets > this.#limits.message) throw tooLong("message", message.octets, this.#limits.message);
    if (message.fragments > this.#limits.fragments) {
      throw tooLong("message", message.fragments, this.#limits.fragments);
    }
    this.#message = isLast ? undefined : message;
  }

  #withCut(chunk: Uint8Array): Uint8Array {
    if (this.#cut.length === 0) return chunk;
    const octets = joinOctets(this.#cut, chunk);
    this.#cut = new Uint8Array(0);
    return octets;
  }
}

interface Header {
  readonly isLast: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  readonly payload: number;
  /** Whether the length is written in as few octets as it takes. */
  readonly isShortest: boolean;
  /** Octets of the header itself, mask included. */
  readonly octets: number;
}

/** Undefined while the header is incomplete. */
function decodeHeader(octets: Uint8Array, offset: number): Header | undefined {
  const view = new DataView(octets.buffer, octets.byteOffset + offset, octets.length - offset);
  if (view.byteLength < 2) return undefined;
  const [first, second] = [view.getUint8(0), view.getUint8(1)];
  const short = second & 0x7f;
  const isMasked = second >= 0x80;
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
  const length = 2 + extended + (isMasked ? 4 : 0);
  if (view.byteLength < length) return undefined;
  const payload = extended === 8 ? Number(view.getBigUint64(2)) : extended === 2 ? view.getUint16(2) : short;
  const isShortest = extended === 0 || payload > (extended === 2 ? 125 : 0xffff);
  const [isLast, reserved, opcode] = [first >= 0x80, (first >> 4) & 0x7, first & 0xf];
  return { isLast, reserved, opcode, isMasked, payload, isShortest, octets: length };
}

/** A close frame of a server with its reason (§5.5.1, §7.4): 1001 going away, 1002 protocol error, 1008 policy, 1009 too big. */
export const closeFrame = (code: 1001 | 1002 | 1008 | 1009): Uint8Array =>
  new Uint8Array([0x88, 0x02, code >> 8, code & 0xff]);

const malformed = (what: string): HomeError => new HomeError("frame-malformed", `${what} in a WebSocket`);
const tooLong = (what: string, length: number, maximum: number): HomeError =>
  new HomeError("frame-too-long", `a WebSocket ${what} of ${length}; at most ${maximum}`, { length, maximum });
