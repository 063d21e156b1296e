/**
 * Which rungs the home's uplink carries: what a setting lets it take, what it was seen to carry, and what was seen not to
 * drain. Pure but for the clock.
 */

import type { Clock } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { kbpsOf, type Rung } from "../contract/stream.ts";

/** For how long a rate that did not drain is not tried again; longer each time that it did not. */
const shortestTightMs = 15_000;
const longestTightMs = 5 * 60_000;
/** Of what the setting lets streams take: what else goes up may have it beside any of them. */
const leastShare = 0.1;
/** What was carried for so long is believed. */
const steadyMs = 60_000;
/** What all else has while a stream has to wait: it goes on, and makes way. */
const besideWaitingKbps = 64;
/** For so long after it has been told to make way, it may still be in the way. */
const makesWayMs = 1_000;
/** Of what the line was seen to carry: how much streams may take, for it is not theirs alone. */
const usableShare = 0.85;
/** For how long what was seen decides what a stream begins with: one that begins too low is up again within seconds. */
const rememberedMs = 60 * 60_000;

/** What one media link takes of the uplink. */
export interface Place {
  readonly rung: Rung;
  /** Whether nothing else has gone up in the last second: what does makes way first. */
  readonly isAlone: boolean;
  /** What the line carries, as this link has just seen it: beside something else no more than its part, where that is all that is known. */
  saw(kbps: number): void;
  /**
   * It does not drain: the best lower rung that `drainKbps` of this link allow, the next one where that is not known;
   * undefined when this is the lowest.
   */
  lower(drainKbps?: number): Rung | undefined;
  /**
   * The next better rung, no better than was wished, if the uplink may be tried with it now. What was seen not to be enough
   * for it is only believed for some minutes: then it is tried all the same.
   */
  higher(): Rung | undefined;
  /** Whether a part of the stream waits behind another that is not sent yet. */
  waits(isWaiting: boolean): void;
  leave(): void;
}

export interface UplinkRoom {
  /**
   * A place for the best of the rungs, no better than the wished one, that the uplink carries.
   * @throws HomeError `stream-quota-reached`, `not-found` for a rung that there is not
   */
  enter(rungs: readonly Rung[], wished: string | undefined): Place;
  /** Asked for each part of what else goes up: what the streams leave for it. Some, however many there are, and little while one of them has to wait. */
  leftKbps(): number;
}

/** `mostKbps`: what all streams together may take; unbounded unless told. */
export function createUplinkRoom(clock: Clock, mostKbps: number = Number.POSITIVE_INFINITY): UplinkRoom {
  const taken = new Set<{ rung: Rung; isWaiting: boolean }>();
  let tight = { kbps: Number.POSITIVE_INFINITY, at: Number.NEGATIVE_INFINITY, forMs: shortestTightMs };
  let seen = { kbps: Number.POSITIVE_INFINITY, at: Number.NEGATIVE_INFINITY };
  let besideAt = Number.NEGATIVE_INFINITY;
  let raisedAt = Number.NEGATIVE_INFINITY;

  const inAll = (): number => [...taken].reduce((sum, { rung }) => sum + kbpsOf(rung), 0);
  /** A clock that was set back ends what was to end at a time. */
  const isOver = (at: number, forMs: number): boolean => clock.now() - at >= forMs || clock.now() < at;
  const isAlone = (): boolean => isOver(besideAt, makesWayMs);
  const isCarried = (kbps: number): boolean => kbps <= mostKbps && (isOver(tight.at, tight.forMs) || kbps < tight.kbps);
  const isSeen = (kbps: number): boolean => kbps <= seen.kbps * usableShare || isOver(seen.at, rememberedMs);

  return {
    leftKbps() {
      besideAt = clock.now();
      const left = Math.max(mostKbps - inAll(), mostKbps * leastShare);
      return [...taken].some(({ isWaiting }) => isWaiting) ? Math.min(left, besideWaitingKbps) : left;
    },
    enter(rungs, wished) {
      const first = wished === undefined ? 0 : rungs.findIndex(({ name }) => name === wished);
      const allowed = first < 0 ? [] : rungs.slice(first);
      const [lowest] = allowed.slice(-1);
      if (lowest === undefined) throw new HomeError("not-found", `the stream has no rung ${wished}`);
      const others = inAll();
      const fits = (rung: Rung): boolean => isCarried(others + kbpsOf(rung)) && isSeen(others + kbpsOf(rung));
      const carried = allowed.find(fits) ?? lowest;
      if (others + kbpsOf(carried) > mostKbps) {
        const details = { reason: "uplink", maximum: mostKbps };
        throw new HomeError("stream-quota-reached", "the home's line carries no further stream", details);
      }
      const mine = { rung: carried, isWaiting: false };
      taken.add(mine);
      let changedAt = clock.now();
      const change = (rung: Rung): Rung => {
        changedAt = clock.now();
        mine.rung = rung;
        return rung;
      };
      return {
        get rung() {
          return mine.rung;
        },
        get isAlone() {
          return isAlone();
        },
        saw(kbps) {
          if (isAlone() || isOver(seen.at, rememberedMs)) seen = { kbps, at: clock.now() };
        },
        lower(drainKbps = Number.POSITIVE_INFINITY) {
          const below = allowed.slice(allowed.indexOf(mine.rung) + 1);
          const lower = below.find((rung) => kbpsOf(rung) <= drainKbps * usableShare) ?? below.at(-1);
          if (lower === undefined) return undefined;
          const now = clock.now();
          const isSteady = now - raisedAt > steadyMs;
          const forMs = isSteady ? shortestTightMs : Math.min(longestTightMs, tight.forMs * 2);
          tight = { kbps: inAll(), at: now, forMs };
          return change(lower);
        },
        higher() {
          const higher = allowed[allowed.indexOf(mine.rung) - 1];
          if (higher === undefined) return undefined;
          const kbps = inAll() - kbpsOf(mine.rung) + kbpsOf(higher);
          const isTried = isSeen(kbps) || isOver(changedAt, longestTightMs);
          if (!isCarried(kbps) || !isTried) return undefined;
          raisedAt = clock.now();
          return change(higher);
        },
        waits(isWaiting) {
          mine.isWaiting = isWaiting;
        },
        leave: () => void taken.delete(mine),
      };
    },
  };
}
