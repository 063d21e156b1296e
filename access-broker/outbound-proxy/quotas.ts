/** What one home may take of the proxy: ways open at once, octets in a day (UTC). */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

const dayMs = 24 * 60 * 60_000;

export interface Quotas {
  /** @throws HomeError `proxy-quota-reached` */
  open(number: AccessNumber): Lease;
}

export interface Lease {
  /** Octets that went through; false when the day's are used up. */
  spend(octets: number): boolean;
  close(): void;
}

export interface QuotaLimits {
  readonly openAtOnce: number;
  readonly octetsPerDay: number;
}

export function createQuotas(clock: Pick<Clock, "now">, { openAtOnce, octetsPerDay }: QuotaLimits): Quotas {
  const open = new Map<AccessNumber, number>();
  const spent = new Map<AccessNumber, number>();
  let day = 0;

  const spentBy = (number: AccessNumber): number => {
    const today = Math.floor(clock.now() / dayMs);
    if (today !== day) spent.clear();
    day = today;
    return spent.get(number) ?? 0;
  };

  return {
    open(number) {
      const count = open.get(number) ?? 0;
      if (count >= openAtOnce) throw reached("open-at-once", openAtOnce);
      if (spentBy(number) >= octetsPerDay) throw reached("octets-per-day", octetsPerDay);
      open.set(number, count + 1);
      let isOpen = true;
      return {
        spend(octets) {
          const sum = spentBy(number) + octets;
          spent.set(number, sum);
          return sum <= octetsPerDay;
        },
        close() {
          if (!isOpen) return;
          isOpen = false;
          const left = (open.get(number) ?? 1) - 1;
          if (left === 0) open.delete(number);
          else open.set(number, left);
        },
      };
    },
  };
}

const reached = (reason: string, maximum: number): HomeError =>
  new HomeError("proxy-quota-reached", "this home has used what it may of the proxy", { reason, maximum });
