/** Fetches the player: ahead, once the page has nothing else to do, where a device has pictures; at once when somebody watches. */

import { askAhead, dropAhead } from "./stream-ahead.ts";
import { openAhead, prepareAhead } from "./video-ahead.ts";

const patienceMs = 2_000;
/** What is drawn waits no longer for pictures: who presses sees at once that they did. */
const drawnMs = 60;
let isAhead = false;
let loaded: typeof import("./gk-player.ts") | undefined;

export async function loadPlayer(): Promise<void> {
  loaded = await import("./gk-player.ts");
}

/** So that nobody who presses waits for it, nor for a source. What fails is tried again by who watches. */
export function loadPlayerAhead(): void {
  if (isAhead) return;
  isAhead = true;
  const load = (): void => {
    loadPlayer().catch(() => undefined);
    openAhead();
  };
  // Safari has no idle callbacks.
  if (typeof requestIdleCallback === "function") requestIdleCallback(load, { timeout: patienceMs });
  else setTimeout(load, patienceMs);
}

/**
 * A press: the stream is asked for, what plays it is made, and the player begun where it is there. Resolves when the page may
 * draw: drawing holds up what is not with the decoder by then.
 */
export async function pressWatch(device: string): Promise<void> {
  askAhead(device);
  const prepared = prepareAhead();
  const begun = loaded?.beginPlayer(device) ?? prepared;
  await Promise.race([begun, new Promise((resolve) => setTimeout(resolve, drawnMs))]);
}

/** A sheet went: what no player took is let go, and who watches next finds a source open. */
export function forgetPress(): void {
  loaded?.forgetBegun();
  dropAhead();
  if (loaded !== undefined) openAhead();
}
