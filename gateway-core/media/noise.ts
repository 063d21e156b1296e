/** Whether what a source sends is a stream at all: nothing else would ever say so, for without a beginning nothing is begun. Pure. */

/** Some seconds of what any device sends. */
const judgedOctets = 8 << 20;
/** A tape that is worn, or wound, still has some of its frames. */
const mostLost = 0.9;

export class NoiseJudge {
  #octets = 0;
  #lostBefore = 0;

  /** `octets` that came now, and how many were thrown away in all. True: of the last that came hardly any were a stream's. */
  isNoise(octets: number, octetsLost: number): boolean {
    this.#octets += octets;
    if (this.#octets < judgedOctets) return false;
    const isNoise = octetsLost - this.#lostBefore > this.#octets * mostLost;
    [this.#octets, this.#lostBefore] = [0, octetsLost];
    return isNoise;
  }
}
