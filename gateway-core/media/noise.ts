/** Whether what a source sends is a stream that can be shown at all: nothing else would ever say so, for without a beginning nothing is begun. Pure. */

/** Some seconds of what any device sends. */
const judgedOctets = 8 << 20;
/** A tape that is worn, or wound, still has some of its frames. */
const mostLost = 0.9;
/** Whoever has changed the channel has its key by then. */
const mostScrambled = 4 << 20;
/** Many seconds of the richest multiplex, in which pictures begin several times. */
const mostUnbegun = 64 << 20;

/** Why it cannot be shown. */
export type Trouble = "noise" | "scrambled" | "no-picture";

/** What is told of a source by whoever cuts it. */
export interface Cutting {
  readonly octetsLost: number;
  readonly octetsScrambled: number;
  readonly octetsUnbegun: number;
}

export class NoiseJudge {
  #octets = 0;
  #lostBefore = 0;

  /** `octets`: how many came now. Undefined while there is no trouble. */
  troubleOf(octets: number, { octetsLost, octetsScrambled, octetsUnbegun }: Cutting): Trouble | undefined {
    if (octetsScrambled >= mostScrambled) return "scrambled";
    if (octetsUnbegun >= mostUnbegun) return "no-picture";
    this.#octets += octets;
    if (this.#octets < judgedOctets) return undefined;
    const isNoise = octetsLost - this.#lostBefore > this.#octets * mostLost;
    [this.#octets, this.#lostBefore] = [0, octetsLost];
    return isNoise ? "noise" : undefined;
  }
}
