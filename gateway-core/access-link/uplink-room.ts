/** Which rungs the home's uplink carries: what a setting lets it take, and what was seen not to drain. Pure but for the clock. */

import type { Clock } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import type { Rung } from "../contract/stream.ts";

/** For how long a rate that did not drain is not tried again; longer each time that it did not. */
const shortestTightMs = 15_000;
const longestTightMs = 5 * 60_000;
/** Of what the setting lets streams take: what else goes up may have it beside any of them. */
const leastShare = 0.1;
/** What was carried for so long is believed. */
const steadyMs = 60_000;

/** What one media link takes of the uplink. */
export interface Place {
  readonly rung: Rung;
  /** It does not drain: the next lower rung, undefined when this is the lowest. */
  lower(): Rung | undefined;
  /** The next better rung, no better than was wished, if the uplink may be tried with it now. */
  higher(): Rung | undefined;
  leave(): void;
}

export interface UplinkRoom {
  /**
   * A place for the best of the rungs, no better than the wished one, that the uplink carries.
   * @throws HomeError `stream-quota-reached`, `not-found` for a rung that there is not
   */
  enter(rungs: readonly Rung[], wished: string | undefined): Place;
  /** What the streams leave for all else: some, however many there are. */
  leftKbps(): number;
}

const kbpsOf = ({ videoKbps, audioKbps }: Rung): number => videoKbps + audioKbps;

/** `mostKbps`: what all streams together may take; unbounded unless told. */
export function createUplinkRoom(clock: Clock, mostKbps: number = Number.POSITIVE_INFINITY): UplinkRoom {
  const taken = new Set<{ rung: Rung }>();
  let tight = { kbps: Number.POSITIVE_INFINITY, until: 0, forMs: shortestTightMs };
  let raisedAt = Number.NEGATIVE_INFINITY;

  const inAll = (): number => [...taken].reduce((sum, { rung }) => sum + kbpsOf(rung), 0);
  const isCarried = (kbps: number): boolean => kbps <= mostKbps && (clock.now() >= tight.until || kbps < tight.kbps);

  return {
    leftKbps: () => Math.max(mostKbps - inAll(), mostKbps * leastShare),
    enter(rungs, wished) {
      const first = wished === undefined ? 0 : rungs.findIndex(({ name }) => name === wished);
      const allowed = first < 0 ? [] : rungs.slice(first);
      const [lowest] = allowed.slice(-1);
      if (lowest === undefined) throw new HomeError("not-found", `the stream has no rung ${wished}`);
      const others = inAll();
      const carried = allowed.find((rung) => isCarried(others + kbpsOf(rung))) ?? lowest;
      if (others + kbpsOf(carried) > mostKbps) {
        const details = { reason: "uplink", maximum: mostKbps };
        throw new HomeError("stream-quota-reached", "the home's line carries no further stream", details);
      }
      const mine = { rung: carried };
      taken.add(mine);
      const next = (step: 1 | -1): Rung | undefined => allowed[allowed.indexOf(mine.rung) + step];
      return {
        get rung() {
          return mine.rung;
        },
        lower() {
          const lower = next(1);
          if (lower === undefined) return undefined;
          const now = clock.now();
          const isSteady = now - raisedAt > steadyMs;
          const forMs = isSteady ? shortestTightMs : Math.min(longestTightMs, tight.forMs * 2);
          tight = { kbps: inAll(), until: now + forMs, forMs };
          mine.rung = lower;
          return lower;
        },
        higher() {
          const higher = next(-1);
          if (higher === undefined || !isCarried(inAll() - kbpsOf(mine.rung) + kbpsOf(higher))) return undefined;
          mine.rung = higher;
          raisedAt = clock.now();
          return higher;
        },
        leave: () => void taken.delete(mine),
      };
    },
  };
}
