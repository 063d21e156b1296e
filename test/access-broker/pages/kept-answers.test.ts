import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeptAnswers } from "../../../access-broker/pages/kept-answers.ts";

describe("What is kept of homes' answers", () => {
  const limits = { perHome: 100, overall: 250 };
  const of = (octets: number, name = "") => ({ octets, name });

  it("never takes more octets than a home, and than all together, may have", () => {
    const step = fc.record({
      home: fc.constantFrom("a", "b", "c", "d"),
      key: fc.nat(8),
      octets: fc.integer({ min: 1, max: 120 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const kept = createKeptAnswers(limits);
        for (const { home, key, octets } of steps) {
          kept.keep(home, String(key), of(octets));
          if (octets > limits.perHome) expect(kept.find(home, String(key))).toBeUndefined();
          else expect(kept.find(home, String(key))).toEqual(of(octets));
          const sums = ["a", "b", "c", "d"].map((one) =>
            kept.list(one).reduce((sum, [, value]) => sum + value.octets, 0),
          );
          for (const sum of sums) expect(sum).toBeLessThanOrEqual(limits.perHome);
          expect(kept.octets).toBe(sums.reduce((sum, one) => sum + one));
          expect(kept.octets).toBeLessThanOrEqual(limits.overall);
        }
      }),
    );
  });

  it("loses what was of no use for longest, of the home that was of no use for longest", () => {
    const kept = createKeptAnswers<{ octets: number; name: string }>(limits);
    kept.keep("a", "1", of(40));
    kept.keep("a", "2", of(40));
    kept.find("a", "1");
    kept.keep("a", "3", of(40));
    expect(kept.list("a").map(([key]) => key)).toEqual(["1", "3"]);
    kept.keep("b", "1", of(90));
    kept.find("a", "3");
    kept.keep("c", "1", of(90));
    expect([kept.list("a").length, kept.list("b").length, kept.list("c").length]).toEqual([2, 0, 1]);
  });

  it("forgets what is meant, of one home or of all", () => {
    const kept = createKeptAnswers<{ octets: number; name: string }>(limits);
    for (const home of ["a", "b"]) for (const name of ["x", "y"]) kept.keep(home, name, of(10, name));
    kept.remove("a", ({ name }) => name === "x");
    expect(kept.list("a").map(([key]) => key)).toEqual(["y"]);
    kept.removeEverywhere(({ name }) => name === "y");
    expect([kept.list("a").length, kept.list("b").map(([key]) => key), kept.octets]).toEqual([0, ["x"], 10]);
  });
});
