/** Holds what a client sends to MQTT's fixed header and to size limits before any parser buffers it (MQTT 3.1.1 §2.2). Pure. */

import { HomeError } from "../contract/errors.ts";

const connect = 1;
const publish = 3;

/** Octets after the fixed header. */
const longestPublish = 256 * 1024;
/** CONNECT, SUBSCRIBE and all the others. */
const longestOther = 8 * 1024;

/** Walks over the frames of one connection by their declared lengths. */
export class FrameLimit {
  #isFirst = true;
  #type = 0;
  /** Octets of the length field read so far; -1 while a frame's first octet is awaited. */
  #lengthOctets = -1;
  #length = 0;
  /** Octets of the body still to come. */
  #remaining = 0;

  /** @throws HomeError `frame-malformed` (not MQTT, or not begun by CONNECT), `frame-too-long`. */
  accept(octets: Uint8Array): void {
    let at = 0;
    while (at < octets.length) {
      if (this.#remaining > 0) {
        const skipped = Math.min(this.#remaining, octets.length - at);
        this.#remaining -= skipped;
        at += skipped;
      } else {
        this.#header(octets[at] ?? 0);
        at++;
      }
    }
  }

  #header(octet: number): void {
    if (this.#lengthOctets < 0) this.#begin(octet >> 4);
    else {
      this.#length += (octet & 0x7f) * 128 ** this.#lengthOctets;
      this.#lengthOctets++;
      if (octet < 0x80) this.#end();
      else if (this.#lengthOctets === 4) throw new HomeError("frame-malformed", "the length field has over 4 octets");
    }
  }

  #begin(type: number): void {
    if (this.#isFirst && type !== connect) throw new HomeError("frame-malformed", "the first packet is no CONNECT");
    this.#isFirst = false;
    this.#type = type;
    this.#lengthOctets = 0;
    this.#length = 0;
  }

  #end(): void {
    const maximum = this.#type === publish ? longestPublish : longestOther;
    const length = this.#length;
    if (length > maximum) {
      throw new HomeError("frame-too-long", `a packet of ${length} octets; at most ${maximum}`, { length, maximum });
    }
    this.#remaining = length;
    this.#lengthOctets = -1;
  }
}
