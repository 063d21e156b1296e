import { describe, expect, it } from "vitest";
import { appUri, matchCode, newAppSecret, tidyCode } from "../../gateway-core/own-access/one-time-code.ts";

/** RFC 6238, appendix B: "12345678901234567890" in base32. */
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

describe("A code of an authenticator app", () => {
  // RFC 6238, appendix B, the last six of its eight digits.
  it.each([
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("of second %i is the RFC's, good one step early and late, and no further", (second, code) => {
    const step = Math.floor(second / 30);
    const matches = [-2, -1, 0, 1, 2].map((drift) => matchCode(secret, code, (step + drift) * 30_000));
    expect(matches).toEqual([undefined, step, step, step, undefined]);
  });

  it("is six digits, and nothing else", () => {
    for (const wrong of ["", "12345", "1234567", "------", "abcdef"]) {
      expect(matchCode(secret, wrong, 59_000)).toBeUndefined();
    }
    expect(matchCode(secret, tidyCode("２８７-０８２ "), 59_000)).toBe(1);
  });

  it("is of a secret that apps read", () => {
    expect(newAppSecret()).toMatch(/^[A-Z2-7]{32}$/);
    const uri = new URL(appUri(secret, "花子 &?"));
    expect(uri.searchParams.get("secret")).toBe(secret);
    expect(uri.searchParams.get("issuer")).toBe("Genkan");
    expect(decodeURIComponent(uri.pathname)).toContain("花子 &?");
  });
});
