/** Waits for what must hold, with room for a busy machine: how fast it is stands in bench/. */

import { vi } from "vitest";

export function until(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { timeout: 15_000, interval: 10 });
}
