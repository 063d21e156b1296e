import { describe, expect, it } from "vitest";
import { nearestStep } from "../../gateway-core/contract/page-range.ts";

describe("The nearest step", () => {
  it.each([
    [26.6, { minimum: 0, maximum: 50, step: 1 }, 27],
    [0.1 + 0.2, { minimum: 0, maximum: 1, step: 0.1 }, 0.3],
    [20.3, { minimum: 16, maximum: 30, step: 0.5 }, 20.5],
    [-5, { minimum: 0, maximum: 50, step: 1 }, 0],
    [99, { minimum: 0, maximum: 50, step: 1 }, 50],
    [7, { minimum: 1, maximum: 9, step: 4 }, 9],
  ])("to %d in %o is %d", (value, range, expected) => {
    expect(nearestStep(value, range)).toBe(expected);
  });
});
