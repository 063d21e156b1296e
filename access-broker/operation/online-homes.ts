/** Which homes are linked now, from where and since when, as the audit's own events tell it. */

export interface OnlineHome {
  readonly number: string;
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface OnlineHomes {
  readonly count: number;
  happened(event: string, number: string | null, source: string): void;
  /** Those linked last first, at most `limit`, of which the number holds `part`. */
  list(limit: number, part: string): readonly OnlineHome[];
}

export function createOnlineHomes(now: () => number): OnlineHomes {
  const homes = new Map<string, OnlineHome>();
  return {
    get count() {
      return homes.size;
    },
    happened(event, number, source) {
      if (number === null || (event !== "home-online" && event !== "home-away")) return;
      homes.delete(number);
      if (event === "home-online") homes.set(number, { number, source, since: now() });
    },
    list(limit, part) {
      const found = [...homes.values()].reverse().filter(({ number }) => number.includes(part));
      return found.slice(0, limit);
    },
  };
}
