/** How many octets pass in a second, by door, over the last half minute or so. */

import type { Clock } from "../../gateway-core/contract/clock.ts";

const sampleMs = 10_000;
const samplesKept = 4;

type Totals = Readonly<Record<string, { readonly received: number; readonly sent: number }>>;

export interface Rate {
  readonly receivedPerSecond: number;
  readonly sentPerSecond: number;
}

export interface Rates extends Disposable {
  now(): Readonly<Record<string, Rate>>;
}

export function createRates(clock: Clock, totals: () => Totals): Rates {
  const samples = [{ at: clock.now(), totals: totals() }];
  let timer = clock.after(sampleMs, sample);
  function sample(): void {
    timer = clock.after(sampleMs, sample);
    samples.push({ at: clock.now(), totals: totals() });
    if (samples.length > samplesKept) samples.shift();
  }
  return {
    now() {
      const [oldest] = samples;
      const seconds = Math.max(1, (clock.now() - (oldest?.at ?? 0)) / 1000);
      const rateOf = ([door, { received, sent }]: [string, Totals[string]]): [string, Rate] => {
        const before = oldest?.totals[door];
        const since = (now: number, then = 0): number => Math.round((now - then) / seconds);
        return [
          door,
          { receivedPerSecond: since(received, before?.received), sentPerSecond: since(sent, before?.sent) },
        ];
      };
      return Object.fromEntries(Object.entries(totals()).map(rateOf));
    },
    [Symbol.dispose]: () => timer.cancel(),
  };
}
