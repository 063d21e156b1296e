/** What every store holds to of the home electronics database: signed statements, and what homes asked for. */

import { describe, expect, it } from "vitest";
import type { Store } from "../../access-broker/subscriptions/store.ts";

/** `open` gives an empty store. */
export function descriptorStoreLaw(open: () => Promise<{ store: Store }>): void {
  describe("A store", () => {
    it("adds signed statements in rising sequence, all or none, and finds them by it", async () => {
      const { store } = await open();
      const entry = {
        sequence: 5,
        type: "a",
        version: "1.0.0",
        gateways: { model: "m" },
        matches: [{ protocol: "p" }],
      };
      const signed = { statement: "{}", signature: "s" };
      const withdrawal = { sequence: 6, type: "a", version: null, gateways: null, matches: null };
      expect(await store.descriptorSequence()).toBe(0);
      expect(
        await store.addDescriptors([
          { ...entry, ...signed },
          { ...withdrawal, ...signed },
        ]),
      ).toBe(true);
      expect(await store.addDescriptors([{ ...entry, ...signed, sequence: 6 }])).toBe(false);
      expect(await store.listDescriptors(0)).toEqual([entry, withdrawal]);
      expect(await store.listDescriptors(5)).toEqual([withdrawal]);
      expect(await store.readDescriptor(5)).toEqual(signed);
      expect(await store.readDescriptor(4)).toBeUndefined();
      expect(await store.descriptorSequence()).toBe(6);
    });

    it("counts who wants what, each home once and each within a bound, and forgets after 90 days", async () => {
      const { store } = await open();
      const dayMs = 24 * 60 * 60_000;
      for (const [key, home] of [
        ["lamp", "h1"],
        ["lamp", "h2"],
        ["lamp", "h2"],
        ["fan", "h1"],
      ] as const)
        await store.noteWanted(key, home, 1);
      expect(await store.listWanted(10)).toEqual([
        { key: "lamp", homes: 2, askedAt: 1 },
        { key: "fan", homes: 1, askedAt: 1 },
      ]);
      expect(await store.listWanted(1)).toHaveLength(1);
      await store.noteWanted("fan", "h1", dayMs + 1);
      await store.forgetWanted("lamp", "h1");
      await store.prune(90 * dayMs + 1);
      expect(await store.listWanted(10)).toEqual([{ key: "fan", homes: 1, askedAt: dayMs + 1 }]);
      for (let n = 0; n < 150; n++) await store.noteWanted(`k${n}`, "h1", 2 * dayMs + n);
      const kept = (await store.listWanted(1_000)).map(({ key }) => key);
      expect(kept).toHaveLength(100);
      expect(kept).not.toContain("fan");
      expect(kept).toContain("k149");
    });
  });
}
