/**
 * What a line is seen to carry: octets that the other end has taken, by the time in which the line was busy with them. A
 * stream that takes less than the line carries tells it too, for each of its fragments is sent at once. Pure.
 */

/** What is remembered, and what of it is now. */
const [longestMs, nowMs] = [5_000, 1_000];
/** Fewer octets tell more of the moment than of the line. */
const leastOctets = 12 * 1024;
/** What is counted together. */
const sampleMs = 100;

interface Sample {
  readonly at: number;
  octets: number;
  busyMs: number;
}

export interface Taken {
  readonly octets: number;
  /** When the first of them was sent. */
  readonly sentAt: number;
  readonly now: number;
  /** What the way there and back takes by itself. */
  readonly emptyLineMs: number;
}

export class DrainRate {
  #samples: Sample[] = [];
  /** When the last of what was taken had left the line. */
  #leftAt = Number.NEGATIVE_INFINITY;

  taken({ octets, sentAt, now, emptyLineMs }: Taken): void {
    // First come, first served: what was sent begins to leave when what was sent before it has left.
    const leftAt = now - emptyLineMs;
    // A clock that was set back: what was seen before is of another time.
    if (leftAt < this.#leftAt) [this.#samples, this.#leftAt] = [[], sentAt];
    const busyMs = Math.max(0, leftAt - Math.max(sentAt, this.#leftAt));
    this.#leftAt = leftAt;
    const last = this.#samples.at(-1);
    if (last !== undefined && now - last.at < sampleMs) {
      last.octets += octets;
      last.busyMs += busyMs;
      return;
    }
    this.#samples = this.#samples.filter(({ at }) => now - at < longestMs);
    this.#samples.push({ at: now, octets, busyMs });
  }

  /** What the line drains now: over the last second. Undefined where too little went by. */
  drainsKbps(now: number): number | undefined {
    return kbpsOf(this.#samples.filter(({ at }) => now - at < nowMs));
  }

  /**
   * What the line carries, by the better half of the last seconds: what comes late tells of who else uses it, or of its
   * radio, and what comes soon of its width. Undefined where too little went by.
   */
  carriesKbps(now: number): number | undefined {
    const recent = this.#samples.filter(({ at }) => now - at < longestMs);
    const half = octetsOf(recent) / 2;
    const better: Sample[] = [];
    for (const sample of recent.toSorted((a, b) => a.busyMs / a.octets - b.busyMs / b.octets)) {
      if (octetsOf(better) >= half) break;
      better.push(sample);
    }
    return kbpsOf(better);
  }
}

const octetsOf = (samples: readonly Sample[]): number => samples.reduce((sum, { octets }) => sum + octets, 0);

function kbpsOf(samples: readonly Sample[]): number | undefined {
  const [octets, busyMs] = [octetsOf(samples), samples.reduce((sum, sample) => sum + sample.busyMs, 0)];
  if (octets < leastOctets) return undefined;
  return busyMs === 0 ? Number.POSITIVE_INFINITY : (octets * 8) / busyMs;
}
