/** Waits for what must hold, with room for a busy machine: how fast it is stands in bench/. */

import { vi } from "vitest";

/** Resolves with what it hands over. */
export function until<Found>(holds: () => Found | Promise<Found>): Promise<Found> {
  return vi.waitFor(holds, { timeout: 15_000, interval: 10 });
}
