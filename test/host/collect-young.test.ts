import { expect, it } from "vitest";
import { collectYoung } from "../../host/collect-young.ts";

it("A collection of young objects frees the memory outside the heap that hangs on them, and leaves no gc behind for others", () => {
  const held = (): number => process.memoryUsage().arrayBuffers;
  const before = held();
  let made = Array.from({ length: 100 }, () => new ArrayBuffer(100_000));
  expect(held() - before).toBeGreaterThan(5_000_000);
  made = [];
  // Once more for what was moved once, as it was still on the stack.
  for (let count = 0; count < 3; count++) collectYoung();
  expect(held() - before).toBeLessThan(5_000_000);
  expect(made).toEqual([]);
  expect("gc" in globalThis).toBe(false);
});
