/** Where in what is buffered a live stream is played: close to its end, with enough in hand not to stand still. Pure. */

export interface Buffered {
  readonly start: number;
  readonly end: number;
}

export interface EdgeStep {
  /** Where to jump to, in seconds. */
  readonly jumpTo?: number;
  readonly rate: number;
}

/** Seconds behind the end: what is aimed at, what is made up for by playing faster, and what is jumped over. */
const aim = 1;
const [slowest, tight, far, lost] = [0.4, 0.8, 1.5, 4];
const farWithoutRate = 1.8;
const [faster, slower] = [1.05, 0.95];

/**
 * What to do at `position` (seconds), playing at `rate`; `last` is the last stretch that is buffered without a hole.
 * `mayChangeRate` is false where another rate makes the browser buffer anew.
 */
export function edgeStep(last: Buffered, position: number, rate: number, mayChangeRate: boolean): EdgeStep {
  const closest = Math.max(last.start, last.end - aim);
  // A hole in front of us, or a new beginning: what is played is what came last.
  const isIn = position >= last.start - 0.05 && position <= last.end;
  if (!isIn) return { jumpTo: closest, rate: 1 };
  const behind = last.end - position;
  if (behind > (mayChangeRate ? lost : farWithoutRate)) return { jumpTo: closest, rate: 1 };
  if (!mayChangeRate) return { rate: 1 };
  if (behind > far || (rate > 1 && behind > aim)) return { rate: faster };
  if (behind < slowest || (rate < 1 && behind < tight)) return { rate: slower };
  return { rate: 1 };
}
