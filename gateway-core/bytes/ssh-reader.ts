/** Reads the data types of SSH (RFC 4251 §5) from octets. Pure. */

import { HomeError } from "../contract/errors.ts";
import { ByteReader } from "./byte-reader.ts";

export class SshReader {
  readonly #reader: ByteReader;
  readonly #what: string;

  constructor(octets: Uint8Array, what: string) {
    this.#reader = new ByteReader(octets);
    this.#what = what;
  }

  /** @throws HomeError `value-invalid`, as all here. */
  uint32(): number {
    return this.#read(() => this.#reader.uint(4));
  }
  octets(count: number): Uint8Array {
    return this.#read(() => this.#reader.octets(count));
  }
  string(): Uint8Array {
    return this.octets(this.uint32());
  }
  text(): string {
    return Buffer.from(this.string()).toString("latin1");
  }
  /** A positive whole number of at most `octetCount` octets, filled up to them. */
  unsigned(octetCount: number): Uint8Array {
    const digits = Buffer.from(this.string());
    const plain = digits[0] === 0 ? digits.subarray(1) : digits;
    if (plain.length > octetCount || ((digits[0] ?? 0) & 0x80) !== 0)
      throw this.#invalid("a number is too long or negative");
    return Buffer.concat([Buffer.alloc(octetCount - plain.length), plain]);
  }
  /** Nothing may follow. */
  end(): void {
    if (this.#reader.remaining > 0) throw this.#invalid("something follows its end");
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw this.#invalid("it is cut short", cause);
    }
  }
  #invalid(reason: string, cause?: unknown): HomeError {
    return new HomeError("value-invalid", `${this.#what} cannot be read: ${reason}`, { reason }, cause);
  }
}
