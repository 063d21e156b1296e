/** Holds a connection to MQTT's fixed header and to size limits before any parser buffers what it sends (MQTT 3.1.1 §2.2). Pure. */

import { HomeError } from "../contract/errors.ts";

/** Control packet types (§2.2.1) that limits are set by. */
export const packetTypes: { readonly connect: 1; readonly publish: 3 } = { connect: 1, publish: 3 };

export interface FixedHeader {
  /** Control packet type, 0 to 15. */
  readonly type: number;
  /** Octets that the header itself takes: 2 to 5. */
  readonly headerOctets: number;
  /** Octets that follow it. */
  readonly remaining: number;
}

/**
 * Reads the fixed header at an offset; undefined while its length field is incomplete.
 * @throws HomeError `frame-malformed`
 */
export function decodeFixedHeader(octets: Uint8Array, offset = 0): FixedHeader | undefined {
  const type = (octets[offset] ?? 0) >> 4;
  let remaining = 0;
  for (let at = 0; at < 4; at++) {
    const octet = octets[offset + 1 + at];
    if (octet === undefined) return undefined;
    remaining += (octet & 0x7f) * 128 ** at;
    if (octet < 0x80) return { type, headerOctets: at + 2, remaining };
  }
  throw new HomeError("frame-malformed", "an MQTT length field has more than 4 octets", { offset });
}

/** Walks over the packets of one connection by their declared lengths; the first that a client sends must be CONNECT. */
export class FrameLimit {
  /** Most octets after the fixed header, by packet type. */
  readonly #maximumOf: (type: number) => number;
  #isFirst: boolean;
  /** Octets of the present packet still to come. */
  #remaining = 0;
  /** A fixed header cut by the end of a chunk: at most 4 octets. */
  #cut: Uint8Array = new Uint8Array(0);

  constructor(maximumOf: (type: number) => number, isFromClient = true) {
    this.#maximumOf = maximumOf;
    this.#isFirst = isFromClient;
  }

  /** @throws HomeError `frame-malformed` (not MQTT, or not begun by CONNECT), `frame-too-long`. */
  accept(chunk: Uint8Array): void {
    const octets = this.#withCut(chunk);
    let at = 0;
    while (at < octets.length) {
      if (this.#remaining > 0) {
        const skipped = Math.min(this.#remaining, octets.length - at);
        this.#remaining -= skipped;
        at += skipped;
        continue;
      }
      this.#begin(octets.subarray(at, at + 1));
      const header = decodeFixedHeader(octets, at);
      if (header === undefined) {
        this.#cut = octets.slice(at);
        return;
      }
      this.#isFirst = false;
      this.#remaining = withinLength(header.remaining, this.#maximumOf(header.type));
      at += header.headerOctets;
    }
  }

  /** Judged by its first octet: what a browser sends is known for no MQTT before it is whole. */
  #begin(first: Uint8Array): void {
    if (this.#isFirst && first.some((octet) => octet >> 4 !== packetTypes.connect)) {
      throw new HomeError("frame-malformed", "the first packet is no CONNECT");
    }
  }

  #withCut(chunk: Uint8Array): Uint8Array {
    if (this.#cut.length === 0) return chunk;
    const octets = new Uint8Array(this.#cut.length + chunk.length);
    octets.set(this.#cut);
    octets.set(chunk, this.#cut.length);
    this.#cut = new Uint8Array(0);
    return octets;
  }
}

/** @throws HomeError `frame-too-long` */
export function withinLength(length: number, maximum: number): number {
  if (length <= maximum) return length;
  throw new HomeError("frame-too-long", `an MQTT packet of ${length} octets; at most ${maximum}`, { length, maximum });
}

/** Octets of the first packet of a connection, before anything is known of its sender. */
export const longestConnect: number = 8 * 1024;

/**
 * The length of a CONNECT packet as it declares it; undefined while that is unknown.
 * @throws HomeError `frame-malformed` (something else than CONNECT), `frame-too-long`.
 */
export function connectOctets(octets: Uint8Array): number | undefined {
  const [first] = octets;
  if (first !== undefined && first !== packetTypes.connect << 4) {
    throw new HomeError("frame-malformed", "the first packet is no CONNECT");
  }
  const header = decodeFixedHeader(octets);
  if (header === undefined) return undefined;
  return withinLength(header.headerOctets + header.remaining, longestConnect);
}
