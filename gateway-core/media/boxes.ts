/** Boxes of an ISO base media file (ISO/IEC 14496-12, 4.2): cut out of a stream as it comes, and looked up. Pure. */

import { joinAll } from "../bytes/join-octets.ts";
import { HomeError } from "../contract/errors.ts";

export interface Box {
  readonly type: string;
  /** The whole box, header included. */
  readonly octets: Uint8Array;
  /** What follows the header, a view. */
  readonly payload: Uint8Array;
}

const headerOctets = 8;
/** A box that claims more is none of ours: an encoder's fragment has a fifth of a second. */
const longestBox = 64 << 20;

/** Cuts a stream into its top-level boxes. */
export class BoxSplitter {
  #parts: Uint8Array[] = [];
  #held = 0;

  /** The boxes that are whole now. @throws HomeError `frame-malformed` for a box that cannot be. */
  push(octets: Uint8Array): Box[] {
    if (octets.length === 0) return [];
    this.#parts.push(octets);
    this.#held += octets.length;
    const boxes: Box[] = [];
    for (;;) {
      const length = this.#lengthOfFirst();
      if (length === undefined || this.#held < length) return boxes;
      const all = joinAll(this.#parts);
      boxes.push(boxOf(all.subarray(0, length)));
      this.#parts = all.length === length ? [] : [all.subarray(length)];
      this.#held = all.length - length;
    }
  }

  #lengthOfFirst(): number | undefined {
    if (this.#held < headerOctets) return undefined;
    let [first = new Uint8Array(0)] = this.#parts;
    if (first.length < headerOctets) {
      first = joinAll(this.#parts);
      this.#parts = [first];
    }
    const length = uint(first, 0, 4);
    if (length >= headerOctets && length <= longestBox) return length;
    throw new HomeError("frame-malformed", `a box of ${length} octets cannot be`);
  }
}

/** The boxes in a box's payload, of one type where that is told; what is cut short or absurd ends the list. */
export function childBoxes(payload: Uint8Array, type?: string): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; ; ) {
    const end = endOfBox(payload, at);
    if (end === undefined) return boxes;
    if (type === undefined || typeAt(payload, at) === type) boxes.push(boxOf(payload.subarray(at, end)));
    at = end;
  }
}

/** The first box at the end of a path of types; undefined when there is none. */
export function findBox(payload: Uint8Array, ...path: readonly string[]): Box | undefined {
  let inside = payload;
  let found: Uint8Array | undefined;
  for (const type of path) {
    found = firstBox(inside, type);
    if (found === undefined) return undefined;
    inside = found.subarray(headerOctets);
  }
  return found && boxOf(found);
}

/** A big-endian number of `octetCount` octets; what lies beyond the end counts as 0. */
export function uint(octets: Uint8Array, at: number, octetCount: number): number {
  let value = 0;
  for (let index = at; index < at + octetCount; index++) value = value * 256 + (octets[index] ?? 0);
  return value;
}

function firstBox(payload: Uint8Array, type: string): Uint8Array | undefined {
  for (let at = 0; ; ) {
    const end = endOfBox(payload, at);
    if (end === undefined) return undefined;
    if (typeAt(payload, at) === type) return payload.subarray(at, end);
    at = end;
  }
}

/** Where the box that begins there ends; undefined where none does. */
function endOfBox(payload: Uint8Array, at: number): number | undefined {
  if (at + headerOctets > payload.length) return undefined;
  const length = uint(payload, at, 4);
  return length < headerOctets || at + length > payload.length ? undefined : at + length;
}

const typeAt = (octets: Uint8Array, at: number): string =>
  String.fromCharCode(octets[at + 4] ?? 0, octets[at + 5] ?? 0, octets[at + 6] ?? 0, octets[at + 7] ?? 0);

const boxOf = (octets: Uint8Array): Box => ({
  type: typeAt(octets, 0),
  octets,
  payload: octets.subarray(headerOctets),
});
