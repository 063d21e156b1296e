import { describe, expect, it } from "vitest";
import { BlockStore } from "../../gateway-core/media/block-store.ts";

const quarter = 1 << 16;

describe("Memory for what is kept a while", () => {
  /** Keeps quarters of a block, so many, and only the last four of them; how many different memories that took. */
  function memories(count: number, isTaken: (at: number) => boolean): number {
    let at = 0;
    const store = new BlockStore(() => isTaken(at));
    const seen = new Set<ArrayBufferLike>();
    for (; at < count; at++) {
      const room = store.room(quarter);
      seen.add(room.buffer);
      room.fill(at);
      store.keep(quarter);
      store.release(store.kept - 4 * quarter);
    }
    return seen.size;
  }

  it("is used again once nobody needs what was in it", () => {
    expect(memories(100, () => true)).toBeLessThanOrEqual(4);
    // Somebody is late now and then.
    expect(memories(100, (at) => at % 3 === 0)).toBeLessThanOrEqual(5);
  });

  it("is left to those who still need it, and not held for them", () => {
    expect(memories(100, () => false)).toBe(25);
  });

  it("is never written over while it is kept", () => {
    const store = new BlockStore(() => true);
    const kept: { readonly room: Uint8Array; readonly value: number }[] = [];
    for (let value = 0; value < 200; value++) {
      const length = 1 + ((value * 7_919) % (3 * quarter));
      const room = store.room(length + 100).subarray(0, length);
      room.fill(value);
      store.keep(length);
      kept.push({ room, value });
      if (kept.length > 8) kept.shift();
      store.release(store.kept - kept.reduce((sum, one) => sum + one.room.length, 0));
      for (const one of kept) expect(one.room.every((octet) => octet === one.value)).toBe(true);
    }
  });
});
