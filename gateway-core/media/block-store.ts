/** Memory for octets that are kept for some seconds, used again and again: taken anew each time, it would be cleared, touched and collected some hundred times a second. */

/** Some tenths of a second of a stream. */
const usualOctets = 1 << 18;
const mostSpare = 2;

interface Block {
  readonly octets: Uint8Array;
  /** How many octets had been kept in all when it was full. */
  readonly end: number;
}

export class BlockStore {
  readonly #isTaken: () => boolean;
  readonly #full: Block[] = [];
  readonly #spare: Uint8Array[] = [];
  #block: Uint8Array = new Uint8Array(0);
  #used = 0;
  #kept = 0;

  /** `isTaken`: whether everybody has done with what is not kept any more; until then it is left to them. */
  constructor(isTaken: () => boolean) {
    this.#isTaken = isTaken;
  }

  /** Octets that were kept in all. */
  get kept(): number {
    return this.#kept;
  }

  /** Room for so many octets, of which `keep` says how many are kept; whatever was in it before. */
  room(length: number): Uint8Array {
    if (this.#used + length > this.#block.length) {
      if (this.#used > 0) this.#full.push({ octets: this.#block, end: this.#kept });
      const at = this.#spare.findIndex((block) => block.length >= length);
      const [spare] = at < 0 ? [] : this.#spare.splice(at, 1);
      this.#block = spare ?? new Uint8Array(Math.max(length, usualOctets));
      this.#used = 0;
    }
    return this.#block.subarray(this.#used, this.#used + length);
  }

  /** The first octets of the room that was given last are kept. */
  keep(length: number): void {
    this.#used += length;
    this.#kept += length;
  }

  /** Of all that were kept, only those from the `from`th on still are. */
  release(from: number): void {
    const stillKept = this.#full.findIndex(({ end }) => end > from);
    const free = stillKept < 0 ? this.#full.length : stillKept;
    if (free === 0) return;
    const isTaken = this.#isTaken();
    // What somebody may still need is asked about again, or left to them for good where it is much.
    const gone = this.#full.splice(0, isTaken ? free : Math.max(0, free - mostSpare));
    if (isTaken) this.#spare.push(...gone.slice(0, mostSpare - this.#spare.length).map(({ octets }) => octets));
  }
}
