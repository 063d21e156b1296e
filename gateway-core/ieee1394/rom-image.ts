/** A configuration ROM image as quadlets, whichever way round it was dumped (IEEE 1212, 7). */

import { HomeError } from "../contract/errors.ts";

/** The ROM ends before the units space: 1 KiB from its first quadlet. */
const maximumOctets = 0x400;

/** "1394", the second quadlet of every general ROM. */
const busName = 0x3133_3934;
const busNameReversed = 0x3439_3331;

export class RomImage {
  readonly #octets: Uint8Array;
  readonly #view: DataView;

  /**
   * Takes bus order as it is and turns host order round: Linux gives out quadlets as its processor keeps them. Octets
   * beyond 1 KiB, and those of a quadlet that is not whole, are not part of a ROM.
   * @throws HomeError `frame-malformed` with `offset`: not one quadlet, a node that has not started yet, another bus.
   */
  constructor(octets: Uint8Array) {
    // A copy: slice() of a Buffer would be a view of it.
    const whole = Uint8Array.from(octets.subarray(0, Math.min(octets.length, maximumOctets) & ~3));
    if (whole.length === 0) throw malformed("a configuration ROM has at least one quadlet", 0);
    const view = new DataView(whole.buffer);
    if (isHostOrder(view)) {
      for (let at = 0; at < whole.length; at += 4) view.setUint32(at, view.getUint32(at, true));
    }
    this.#octets = whole;
    this.#view = view;
    if (this.busInfoLength === 0) throw malformed("the bus information block is empty: the node has not started", 0);
    if (!this.isMinimal && this.quadlet(1) !== busName) throw malformed('"1394" expected at offset 4', 4);
  }

  get quadletCount(): number {
    return this.#octets.length / 4;
  }

  /** Quadlets of the bus information block behind its header. */
  get busInfoLength(): number {
    return this.#view.getUint8(0);
  }

  /** Whether the ROM is the one quadlet that tells a vendor and nothing else. */
  get isMinimal(): boolean {
    return this.busInfoLength === 1;
  }

  /** Zero beyond the end. */
  quadlet(index: number): number {
    return index < this.quadletCount ? this.#view.getUint32(index * 4) : 0;
  }

  /** The octets of `count` quadlets, or of as many as there are. */
  octets(index: number, count: number): Uint8Array {
    return this.#octets.subarray(index * 4, (index + count) * 4);
  }
}

function isHostOrder(view: DataView): boolean {
  if (view.byteLength === 4) return view.getUint8(0) !== 1 && view.getUint8(3) === 1;
  return view.getUint32(4) === busNameReversed;
}

function malformed(message: string, offset: number): HomeError {
  return new HomeError("frame-malformed", message, { offset });
}
