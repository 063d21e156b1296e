/** Fetches the player: ahead, once the page has nothing else to do, where a device has pictures; at once when somebody watches. */

import { askAhead } from "./stream-ahead.ts";

const patienceMs = 2_000;
let isAhead = false;
let player: typeof import("./gk-player.ts") | undefined;

export async function loadPlayer(): Promise<void> {
  player = await import("./gk-player.ts");
}

/** So that nobody who presses waits for it. What fails is tried again by who watches. */
export function loadPlayerAhead(): void {
  if (isAhead) return;
  isAhead = true;
  const load = (): void => void loadPlayer().catch(() => undefined);
  // Safari has no idle callbacks.
  if (typeof requestIdleCallback === "function") requestIdleCallback(load, { timeout: patienceMs });
  else setTimeout(load, patienceMs);
}

/** A press: the stream is asked for and what plays it is made; resolves when the page may draw. */
export async function pressWatch(device: string): Promise<void> {
  askAhead(device);
  await player?.openAhead();
}
