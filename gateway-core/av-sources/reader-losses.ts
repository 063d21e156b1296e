/** What one reader of a live source did not get, and when: beside a recording it is the evidence of what is missing there. */

import type { Clock } from "../contract/clock.ts";
import type { JsonObject } from "../contract/json.ts";

const mostListed = 1_000;

interface Drop {
  readonly at: number;
  /** Octets that the reader had got by then. */
  readonly place: number;
  octets: number;
}

export class ReaderLosses {
  readonly #clock: Pick<Clock, "now">;
  readonly #listed: Drop[] = [];
  readonly #breaks: { readonly at: number; readonly place: number; readonly ms: number }[] = [];
  #drop: Drop | undefined;
  #drops = 0;
  #interruptions = 0;
  #strayOctets = 0;
  #droppedOctets = 0;
  #octets = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** It got so many octets. */
  got(octets: number): void {
    this.#octets += octets;
  }

  /** So many were left out, since the reader was too slow; whatever is left out before it goes on is one time. */
  dropped(octets: number): void {
    if (octets === 0) return;
    this.#droppedOctets += octets;
    if (this.#drop === undefined) {
      this.#drop = { at: this.#clock.now(), place: this.#octets, octets: 0 };
      this.#drops++;
      if (this.#listed.length < mostListed) this.#listed.push(this.#drop);
    }
    this.#drop.octets += octets;
  }

  /** It gets what comes now. */
  goesOn(): void {
    this.#drop = undefined;
  }

  /** The source was away for so long, and is back. */
  interrupted(ms: number): void {
    this.#interruptions++;
    const at = this.#clock.now() - ms;
    if (this.#breaks.length < mostListed) this.#breaks.push({ at, place: this.#octets, ms });
  }

  /** So many octets that came belong to no packet or frame. */
  strayed(octets: number): void {
    this.#strayOctets += octets;
  }

  /** `{octets, drops, droppedOctets, strayOctets, interruptions, losses, breaks}`: places count octets of the file; lists hold the first thousand. */
  told(): JsonObject {
    return {
      ...{ octets: this.#octets, drops: this.#drops, droppedOctets: this.#droppedOctets },
      ...{ strayOctets: this.#strayOctets, interruptions: this.#interruptions },
      losses: this.#listed.map(({ at, place, octets }) => ({ at: instant(at), place, droppedOctets: octets })),
      breaks: this.#breaks.map(({ at, place, ms }) => ({ at: instant(at), place, awayMs: ms })),
    };
  }
}

const instant = (ms: number): string => new Date(ms).toISOString();
