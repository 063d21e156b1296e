/** How much each home may send through the second firewall: so fast, so much in a day, over so many links at once. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

export interface MediaLimits {
  readonly kbpsPerHome: number;
  readonly octetsPerDay: number;
  readonly linksAtOnce: number;
  readonly viewersAtOnce: number;
  readonly longestSeconds: number;
}

export interface HomeBudget {
  /** A further link. Returns how to give it back. @throws HomeError `stream-quota-reached` */
  enter(): () => void;
  /**
   * Counts what came, and the work that it makes as so many octets of the rate; returns for how many milliseconds nothing
   * more should be read. @throws HomeError `stream-quota-reached`
   */
  spend(octets: number, work?: number): number;
}

interface Account {
  links: number;
  today: number;
  day: number;
  /** Octets beyond the rate, as of `at`. */
  ahead: number;
  at: number;
}

const dayMs = 24 * 60 * 60_000;
/** What may come at once before the rate holds: the start of a stream is not to wait. */
const burstMs = 500;

export function createMediaBudgets(clock: Clock, limits: MediaLimits): (number: AccessNumber) => HomeBudget {
  const accounts = new Map<AccessNumber, Account>();
  const octetsPerMs = limits.kbpsPerHome / 8;
  const today = (): number => Math.floor(clock.now() / dayMs);

  function accountOf(number: AccessNumber): Account {
    const day = today();
    const known = accounts.get(number);
    if (known !== undefined) {
      if (known.day !== day) [known.day, known.today] = [day, 0];
      return known;
    }
    // Those of other days say nothing any more.
    for (const [other, { day: last, links }] of accounts) if (last !== day && links === 0) accounts.delete(other);
    const account = { links: 0, today: 0, day, ahead: 0, at: clock.now() };
    accounts.set(number, account);
    return account;
  }

  return (number) => ({
    enter() {
      const account = accountOf(number);
      if (account.links >= limits.linksAtOnce) throw reached("links-at-once", limits.linksAtOnce);
      if (account.today >= limits.octetsPerDay) throw reached("octets-per-day", limits.octetsPerDay);
      account.links++;
      let isIn = true;
      return () => {
        if (isIn) account.links--;
        isIn = false;
      };
    },
    spend(octets, work = octets) {
      const account = accountOf(number);
      account.today += octets;
      if (account.today > limits.octetsPerDay) throw reached("octets-per-day", limits.octetsPerDay);
      const now = clock.now();
      // A clock that was set back is nothing that a home has to wait for.
      const passedMs = Math.max(0, now - account.at);
      account.ahead = Math.max(0, account.ahead - passedMs * octetsPerMs) + work;
      account.at = now;
      return Math.max(0, account.ahead / octetsPerMs - burstMs);
    },
  });
}

const reached = (reason: string, maximum: number): HomeError =>
  new HomeError("stream-quota-reached", "this home streams as much as it may", { reason, maximum });
