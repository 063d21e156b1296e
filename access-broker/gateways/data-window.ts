/**
 * How much of a home's answers may be under way on its data link (flow control, RFC 9113 §5.2): twice what the line carries
 * within its own delay, so that a distant home is not waited for and a full line holds little that others wait behind.
 */

import type { Clock, Timer } from "../../gateway-core/contract/clock.ts";
import { windowOctets } from "../../gateway-core/contract/link.ts";

export const widestOctets: number = 8 * 1024 * 1024;
/** While a viewer does not read: what is under way for them stays in the broker's memory. */
export const heldOctets: number = 1024 * 1024;

/** So much has come, and so long it is ago, before another measurement is worth its ping. */
const roundOctets = 64 * 1024;
const betweenMs = 10;
/** A viewer who takes nothing for so long does not read. */
const heldMs = 50;
/** What was learned while much came is of no use after so long. */
const quietMs = 1_000;
/** A ping that takes so many times as long as the quickest one stood in a queue that is ours. */
const queued = { times: 4, ms: 20 };

/** What came between a ping and its answer. */
export interface Round {
  readonly octets: number;
  readonly tookMs: number;
  /** How long the quickest ping of this link took: the line's own delay. */
  readonly quickestMs: number;
}

/** The next window. It grows at once, and shrinks only when what is under way waits for itself; what lies between is noise. */
export function windowAfter(window: number, { octets, tookMs, quickestMs }: Round, widest: number): number {
  const wanted = Math.round((2 * octets * quickestMs) / Math.max(tookMs, quickestMs));
  const fitting = Math.min(Math.max(wanted, windowOctets), widest);
  const isQueued = tookMs > queued.times * quickestMs + queued.ms;
  return fitting > 1.25 * window || window > widest || (isQueued && fitting < window) ? fitting : window;
}

/** One answer's body. */
export interface Flow extends Disposable {
  /** So much of it has come. */
  took(octets: number): void;
  /** Whether its viewer takes no more of it just now. */
  hold(isHeld: boolean): void;
}

export interface DataWindow extends Disposable {
  open(): Flow;
  /** A ping was answered, whoever sent it. */
  answered(tookMs: number): void;
}

export interface DataWindowOptions {
  readonly clock: Clock;
  /** Sends a ping; false: none can be sent. `heard`: how long its answer took. */
  readonly ping: (heard: (tookMs: number) => void) => boolean;
  /** Sets the windows of the link and of each stream. */
  readonly apply: (octets: number) => void;
  /** So much has come of any answer. */
  readonly onOctets: (octets: number) => void;
}

export function createDataWindow({ clock, ping, apply, onOctets }: DataWindowOptions): DataWindow {
  const heldSince = new Set<{ readonly at: number }>();
  let window = windowOctets;
  let quickestMs = Number.POSITIVE_INFINITY;
  let [came, lastAt] = [0, 0];
  let measured = { to: 0, at: Number.NEGATIVE_INFINITY };
  let isMeasuring = false;
  let timer: Timer | undefined;

  const set = (octets: number): void => {
    if (octets !== window) apply(octets);
    window = octets;
    if (window > windowOctets) timer ??= clock.after(heldMs, look);
  };
  const widest = (): number => {
    const since = clock.now() - heldMs;
    for (const { at } of heldSince) if (at <= since) return heldOctets;
    return widestOctets;
  };
  /** Also when nothing comes any more: a viewer who stopped reading may be the only one. */
  function look(): void {
    timer = undefined;
    if (clock.now() - lastAt >= quietMs) set(windowOctets);
    else set(Math.min(window, widest()));
    if (window > windowOctets) timer ??= clock.after(heldMs, look);
  }
  const measure = (): void => {
    const from = came;
    isMeasuring = ping((tookMs) => {
      isMeasuring = false;
      measured = { to: came, at: clock.now() };
      quickestMs = Math.min(quickestMs, tookMs);
      set(windowAfter(window, { octets: came - from, tookMs, quickestMs }, widest()));
    });
  };

  return {
    open() {
      let held: { readonly at: number } | undefined;
      const hold = (isHeld: boolean): void => {
        if (isHeld === (held !== undefined)) return;
        if (held !== undefined) heldSince.delete(held);
        held = isHeld ? { at: clock.now() } : undefined;
        if (held !== undefined) heldSince.add(held);
      };
      return {
        took(octets) {
          came += octets;
          onOctets(octets);
          lastAt = clock.now();
          const isDue = came - measured.to >= roundOctets && lastAt - measured.at >= betweenMs;
          if (isDue && !isMeasuring) measure();
        },
        hold,
        [Symbol.dispose]: () => hold(false),
      };
    },
    answered(tookMs) {
      quickestMs = Math.min(quickestMs, tookMs);
    },
    [Symbol.dispose]: () => timer?.cancel(),
  };
}
