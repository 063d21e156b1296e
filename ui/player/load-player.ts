/** Fetches the player: ahead, once the page has nothing else to do, where a device has pictures; at once when somebody watches. */

const patienceMs = 2_000;
let isAhead = false;

export const loadPlayer = (): Promise<unknown> => import("./gk-player.ts");

/** So that nobody who presses waits for it. What fails is tried again by who watches. */
export function loadPlayerAhead(): void {
  if (isAhead) return;
  isAhead = true;
  const load = (): void => void loadPlayer().catch(() => undefined);
  // Safari has no idle callbacks.
  if (typeof requestIdleCallback === "function") requestIdleCallback(load, { timeout: patienceMs });
  else setTimeout(load, patienceMs);
}
