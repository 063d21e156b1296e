/** Reads big-endian values from octets, front to back; what is cut short is a typed error that says where. */

import { HomeError } from "../contract/errors.ts";

export class ByteReader {
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
    this.#view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  /** Octets read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Octets still to be read. */
  get remaining(): number {
    return this.#octets.length - this.#offset;
  }

  /** @throws HomeError `frame-malformed` with `offset` when fewer than `octetCount` (1 to 6) octets remain. */
  uint(octetCount: number): number {
    const end = this.#endOf(octetCount);
    let value = 0;
    for (; this.#offset < end; this.#offset++) value = value * 256 + this.#view.getUint8(this.#offset);
    return value;
  }

  /**
   * A view of the next octets, not a copy.
   * @throws HomeError `frame-malformed` with `offset` when fewer remain.
   */
  octets(count: number): Uint8Array {
    const start = this.#offset;
    this.#offset = this.#endOf(count);
    return this.#octets.subarray(start, this.#offset);
  }

  #endOf(count: number): number {
    const end = this.#offset + count;
    if (end <= this.#octets.length) return end;
    throw new HomeError(
      "frame-malformed",
      `${count} octets expected at offset ${this.#offset}, ${this.remaining} are left`,
      { offset: this.#offset },
    );
  }
}
