/**
 * What a home may send as a stream: an initialization segment before everything, whole pictures often enough, and no more
 * octets than so much time of media can have. What is kept for viewers is bounded by it, whatever the home does. Pure.
 */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Piece } from "../../gateway-core/contract/stream.ts";

/** What a piece costs beside its octets: many small ones are no way around the bound. */
const pieceOctets = 1_024;
/** Beyond the steady rate: a whole picture of a scene that changed, and the start. */
const burstOctets = 4 * 1024 * 1024;
/** One group of pictures; a second is usual. */
const longestGroupSeconds = 10;

export class PieceGuard {
  readonly #octetsPerSecond: number;
  #level = 0;
  #groupSeconds = 0;
  #hasInit = false;
  #hasKey = false;

  /** `mostKbps`: of the media itself, however fast it comes. */
  constructor(mostKbps: number) {
    this.#octetsPerSecond = (mostKbps * 1_000) / 8;
  }

  /** @throws HomeError `link-message-invalid` */
  accept(piece: Piece): void {
    const octets = "init" in piece ? piece.init.octets.length : piece.fragment.octets.length;
    this.#level += octets + pieceOctets;
    if ("init" in piece) {
      [this.#hasInit, this.#hasKey] = [true, false];
    } else {
      const { isKey, duration } = piece.fragment;
      if (!this.#hasInit) throw refused("a fragment before any initialization segment");
      if (!this.#hasKey && !isKey) throw refused("a fragment before any whole picture");
      this.#hasKey = true;
      this.#groupSeconds = (isKey ? 0 : this.#groupSeconds) + duration;
      this.#level = Math.max(0, this.#level - duration * this.#octetsPerSecond);
      if (this.#groupSeconds > longestGroupSeconds) throw refused("no whole picture for too long");
    }
    if (this.#level > burstOctets) throw refused("more octets than so much time of media has");
  }
}

const refused = (what: string): HomeError =>
  new HomeError("link-message-invalid", `a home's stream is refused: ${what}`);
