/** How a figure is made: medians over rounds that take each contender in turn, so that a noisy machine is noisy for all of them. */

/** The middle of the sorted values, or the share of them that `part` (0 to 1) names. */
export function quantile(values: readonly number[], part = 0.5): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** Runs every contender once to warm up, then `rounds` times in turn (A B A B …); the median of what each returned. */
export async function interleave<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<Readonly<Record<Name, number>>> {
  const entries = Object.entries<() => number | Promise<number>>(contenders);
  const measured = new Map(entries.map(([name]) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, measure] of entries) {
      const value = await measure();
      if (round >= 0) measured.get(name)?.push(value);
    }
  }
  return Object.fromEntries([...measured].map(([name, values]) => [name, quantile(values)])) as Record<Name, number>;
}

/** How often per second `action` runs when it runs for `durationMs`. What it returns is kept, so that no compiler leaves it out. */
export function ratePerSecond(action: () => unknown, durationMs = 200): number {
  const burst = 64;
  let count = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < durationMs) {
    for (let turn = 0; turn < burst; turn++) kept = action();
    count += burst;
    elapsed = performance.now() - start;
  }
  return (1_000 * count) / elapsed;
}

let kept: unknown;
/** The last thing that was made while measuring. */
export const lastMade = (): unknown => kept;
