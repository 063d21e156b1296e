import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantOf } from "../../gateway-core/contract/instant.ts";

describe("a moment in words", () => {
  it("is what RFC 3339 says, in any zone, to the millisecond", () => {
    expect(instantOf("2026-11-27T12:00:00Z")).toBe(1_795_780_800_000);
    expect(instantOf("2026-11-27T21:00:00+09:00")).toBe(1_795_780_800_000);
    expect(instantOf("2026-11-27t03:30:00.57-08:30")).toBe(1_795_780_800_570);
    expect(instantOf("2028-02-29T23:59:59.999999999Z")).toBe(1_835_481_599_999);
  });

  it("is read back as it was told, whenever that was", () => {
    const years = { min: new Date("1000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true };
    fc.assert(fc.property(fc.date(years), (at) => instantOf(at.toISOString()) === at.getTime()));
  });

  it("is none where there is no such day, no zone, or anything else", () => {
    const none = [
      ...["2026-13-01T00:00:00Z", "2026-02-31T00:00:00Z", "2027-02-29T00:00:00Z", "2026-04-31T00:00:00Z"],
      ...["2026-11-27T24:00:00Z", "2026-11-27T12:60:00Z", "2026-11-27T12:00:60Z", "2026-11-27T12:00:00+24:00"],
      ...["2026-11-27T12:00:00", "2026-11-27", "2026-11-27 12:00:00Z", " 2026-11-27T12:00:00Z", "soon", "", 0, null],
    ];
    expect(none.map((one) => instantOf(one))).toEqual(none.map(() => undefined));
  });
});
