/** Counts the PUBLISH packets that come in at a raw socket, by their declared lengths alone: cheaper than any broker. */

import { decodeFixedHeader, packetTypes } from "../gateway-core/bytes/mqtt-frames.ts";

export class PublishCounter {
  count = 0;
  #skip = 0;
  #cut: Uint8Array = new Uint8Array(0);

  /** How many began in this chunk. */
  accept(chunk: Uint8Array): number {
    const octets = this.#cut.length === 0 ? chunk : Buffer.concat([this.#cut, chunk]);
    this.#cut = new Uint8Array(0);
    const before = this.count;
    let at = this.#skip;
    while (at < octets.length) {
      // A length of one octet, as most are, is read here.
      const length = octets[at + 1];
      if (length !== undefined && length < 0x80) {
        if ((octets[at] ?? 0) >> 4 === packetTypes.publish) this.count++;
        at += 2 + length;
        continue;
      }
      const header = decodeFixedHeader(octets, at);
      if (header === undefined) {
        this.#cut = octets.slice(at);
        this.#skip = 0;
        return this.count - before;
      }
      if (header.type === packetTypes.publish) this.count++;
      at += header.headerOctets + header.remaining;
    }
    this.#skip = at - octets.length;
    return this.count - before;
  }
}
