/** How long to wait before trying a device again. */

const firstMs = 1_000;
const longestMs = 60_000;

/** Milliseconds before retry number `attempt` (from 0): doubling from 1 s up to 60 s, the later half of it by chance. `fraction` in [0, 1). */
export function retryDelayMs(attempt: number, fraction: number): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** attempt);
  return fullMs * (0.5 + fraction / 2);
}
