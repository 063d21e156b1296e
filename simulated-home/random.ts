/** Chance that repeats itself: a home of one seed does the same each time (mulberry32, and a mix of the numbers that name the stream). */

/** A number in [0, 1). */
export type Random = () => number;

/** The stream of one seed and of whatever the other numbers count: nodes, objects, properties. */
export function createRandom(...seeds: readonly number[]): Random {
  let state = seeds.reduce((mixed, seed) => scramble((Math.imul(mixed, 31) + seed) | 0), 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return (scramble(state) >>> 0) / 2 ** 32;
  };
}

function scramble(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 15), word | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return mixed ^ (mixed >>> 14);
}
