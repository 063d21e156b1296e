/** What is known of a stretch of time, so made that two of them add up to one without loss: extremes stay, integrals are sums. Pure. */

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

export interface Span {
  /** How much of the stretch is known. */
  readonly ms: number;
  /** Of what was measured, the integral over the known time (value times milliseconds); of a total, by how much it rose. */
  readonly sum: number;
  /** Of what was measured; 0 of a total. */
  readonly least: number;
  readonly most: number;
}

/** Spans by where their stretch begins; all of one length. */
export type Spans = Map<number, Span>;

export function join(a: Span | undefined, b: Span): Span {
  if (a === undefined) return b;
  return {
    ms: a.ms + b.ms,
    sum: a.sum + b.sum,
    least: Math.min(a.least, b.least),
    most: Math.max(a.most, b.most),
  };
}

export const add = (spans: Spans, at: number, span: Span): void => void spans.set(at, join(spans.get(at), span));

/** A value that held from one moment to another; a moment of no length is remembered by its extremes. */
export function addHeld(spans: Spans, lengthMs: number, value: number, from: number, to: number): void {
  for (const [at, ms] of slices(from, to, lengthMs)) add(spans, at, { ms, sum: value * ms, least: value, most: value });
}

/** A rise that came evenly between two moments. */
export function addRise(spans: Spans, lengthMs: number, amount: number, from: number, to: number): void {
  const length = to - from;
  for (const [at, ms] of slices(from, to, lengthMs)) {
    add(spans, at, { ms, sum: length > 0 ? (amount * ms) / length : amount, least: 0, most: 0 });
  }
}

/** The stretches between two moments, each with how much of it lies between them. */
function* slices(from: number, to: number, lengthMs: number): Generator<readonly [at: number, ms: number]> {
  let at = floorTo(from, lengthMs);
  do {
    yield [at, Math.max(0, Math.min(to, at + lengthMs) - Math.max(from, at))];
    at += lengthMs;
  } while (at < to);
}

export const floorTo = (at: number, lengthMs: number): number => Math.floor(at / lengthMs) * lengthMs;
