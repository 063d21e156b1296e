import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJson, isSameJson } from "../../gateway-core/contract/json.ts";

const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

describe("JSON", () => {
  it("is whatever JSON text holds, up to 16 levels deep", () => {
    fc.assert(fc.property(fc.json({ maxDepth: 10 }), (text) => isJson(JSON.parse(text))));
    expect([isJson(nested(16)), isJson(nested(17)), isJson(nested(30_000))]).toEqual([true, false, false]);
  });

  it("is nothing that JSON text cannot hold", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const others = [undefined, () => 1, Number.NaN, Infinity, 1n, new Date(), Buffer.from("x"), new Map(), circle];
    for (const other of [...others, ...others.map((value) => [value])]) expect(isJson(other)).toBe(false);
  });

  it("is the same whatever the order of its members", () => {
    expect(isSameJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    for (const [a, b] of [
      [{ a: 1 }, { a: 1, b: 1 }],
      [[], {}],
      [[1], [2]],
      [null, {}],
    ] as const) {
      expect(isSameJson(a, b)).toBe(false);
    }
  });
});
