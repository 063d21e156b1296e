import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assertInFormat,
  isAccessNumber,
  numberOfFormat,
  providerDesk,
} from "../../gateway-core/contract/access-number.ts";

describe("A provider's format of access numbers", () => {
  it("takes what is written so, X being any digit, and without one whatever is a number", () => {
    for (const number of ["090-1234-0000", "090-1234-9999"]) assertInFormat("090-1234-XXXX", number);
    assertInFormat(undefined, "summer-house");
    for (const number of ["090-1234-000", "090-1234-00000", "090-1235-0000", "090-1234-000a", "090-1234-XXXX"]) {
      expect(() => assertInFormat("090-1234-XXXX", number), number).toThrow(
        expect.objectContaining({ code: "value-invalid" }),
      );
    }
  });

  it("makes numbers that it takes", () => {
    const fractions = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 12 });
    fc.assert(
      fc.property(fractions, (given) => {
        let at = 0;
        const number = numberOfFormat("0X0-XXXX-XXXX", () => given[at++ % given.length] ?? 0);
        assertInFormat("0X0-XXXX-XXXX", number);
        expect(isAccessNumber(number)).toBe(true);
      }),
    );
  });
});

describe("The provider's desk", () => {
  it("is no access number", () => {
    expect(isAccessNumber(providerDesk)).toBe(false);
  });
});
