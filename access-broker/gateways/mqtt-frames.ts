/** Holds a gateway's octets to MQTT's fixed header and to size limits before any parser buffers them (MQTT 3.1.1 §2.2). Pure. */

import { HomeError } from "../../gateway-core/contract/errors.ts";

const connect = 0x10;
/** The first packet of a connection, before anything is known of its sender. */
export const longestConnect: number = 8 * 1024;
/** Control messages are small; pages and media go over other links. */
const longestPacket = 64 * 1024;

export interface FixedHeader {
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
  let remaining = 0;
  for (let at = 0; at < 4; at++) {
    const octet = octets[offset + 1 + at];
    if (octet === undefined) return undefined;
    remaining += (octet & 0x7f) * 128 ** at;
    if (octet < 0x80) return { headerOctets: at + 2, remaining };
  }
  throw new HomeError("frame-malformed", "an MQTT length field has more than 4 octets", { offset });
}

/**
 * The length of a CONNECT packet as it declares it; undefined while that is unknown.
 * @throws HomeError `frame-malformed` (something else than CONNECT), `frame-too-long`.
 */
export function connectOctets(octets: Uint8Array): number | undefined {
  if (octets.length > 0 && octets[0] !== connect)
    throw new HomeError("frame-malformed", "the first packet is no CONNECT");
  const header = decodeFixedHeader(octets);
  if (header === undefined) return undefined;
  return within(header.headerOctets + header.remaining, longestConnect);
}

/** Walks over the packets of one connection by their declared lengths. */
export class FrameLimit {
  /** Octets of the present packet still to come. */
  #remaining = 0;
  /** A fixed header cut by the end of a chunk: at most 4 octets. */
  #cut: Uint8Array = new Uint8Array(0);

  /** @throws HomeError `frame-malformed`, `frame-too-long` */
  accept(chunk: Uint8Array): void {
    const octets = this.#cut.length === 0 ? chunk : Buffer.concat([this.#cut, chunk]);
    this.#cut = new Uint8Array(0);
    let at = 0;
    while (at < octets.length) {
      if (this.#remaining > 0) {
        const skipped = Math.min(this.#remaining, octets.length - at);
        this.#remaining -= skipped;
        at += skipped;
        continue;
      }
      const header = decodeFixedHeader(octets, at);
      if (header === undefined) {
        this.#cut = octets.slice(at);
        return;
      }
      this.#remaining = within(header.remaining, longestPacket);
      at += header.headerOctets;
    }
  }
}

function within(length: number, maximum: number): number {
  if (length <= maximum) return length;
  throw new HomeError("frame-too-long", `an MQTT packet of ${length} octets; at most ${maximum}`, { length, maximum });
}
