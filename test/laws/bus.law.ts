/** The clauses that every bus keeps (bus-clauses.ts), each as a test of its own. */

import { describe, it } from "vitest";
import { type BusWorld, busClauses } from "./bus-clauses.ts";

export function busLaw(name: string, openWorld: () => Promise<BusWorld>): void {
  describe(`${name} keeps the law of buses:`, () => {
    it.each(busClauses)("$name", async ({ hold }) => {
      await using world = await openWorld();
      await hold(world);
    });
  });
}
