/** Writes big-endian values into octets, front to back, growing as needed. */

export class ByteWriter {
  #octets = new Uint8Array(64);
  #length = 0;

  /** The lowest `octetCount` (1 to 6) octets of a whole number; two's complement when it is negative. */
  uint(value: number, octetCount: number): this {
    this.#reserve(octetCount);
    let rest = value;
    for (let index = octetCount - 1; index >= 0; index--) {
      this.#octets[this.#length + index] = rest;
      rest = Math.floor(rest / 256);
    }
    this.#length += octetCount;
    return this;
  }

  octets(octets: Uint8Array): this {
    this.#reserve(octets.length);
    this.#octets.set(octets, this.#length);
    this.#length += octets.length;
    return this;
  }

  /** A copy of what was written. */
  toOctets(): Uint8Array {
    return this.#octets.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#octets.length) return;
    const grown = new Uint8Array(2 * (this.#length + count));
    grown.set(this.#octets.subarray(0, this.#length));
    this.#octets = grown;
  }
}
