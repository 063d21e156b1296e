import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rangeOf } from "../../gateway-core/recordings/byte-range.ts";

const is = { etag: '"a-10"', lastModified: "Thu, 26 Nov 2026 18:00:00 GMT" };
const asked = (range: string | undefined, ifRange?: string, length = 10) =>
  rangeOf(
    new Headers({
      ...(range === undefined ? {} : { range }),
      ...(ifRange === undefined ? {} : { "if-range": ifRange }),
    }),
    length,
    is,
  );

describe("The range that a request asks for", () => {
  it.each([
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=3-5", { first: 3, last: 5 }],
    ["Bytes=3-", { first: 3, last: 9 }],
    ["bytes=9-99", { first: 9, last: 9 }],
    ["bytes=-4", { first: 6, last: 9 }],
    ["bytes=-99", { first: 0, last: 9 }],
  ])("%s is a part", (range, part) => expect(asked(range)).toEqual(part));

  it.each(["bytes=10-", "bytes=10-20", "bytes=-0"])("%s cannot be had", (range) =>
    expect(asked(range)).toBe("unsatisfiable"),
  );

  it.each([undefined, "", "bytes=", "bytes=-", "bytes=5-3", "bytes=0-1,4-5", "lines=0-1", "bytes=1 - 2", "bytes=a-b"])(
    "%s is the whole",
    (range) => expect(asked(range)).toBeUndefined(),
  );

  it("is the whole where the file is another one by now, or only much the same", () => {
    expect(asked("bytes=3-", is.etag)).toEqual({ first: 3, last: 9 });
    expect(asked("bytes=3-", is.lastModified)).toEqual({ first: 3, last: 9 });
    expect(asked("bytes=3-", '"a-11"')).toBeUndefined();
    expect(asked("bytes=3-", `W/${is.etag}`)).toBeUndefined();
    expect(asked("bytes=3-", "Thu, 26 Nov 2026 18:00:01 GMT")).toBeUndefined();
  });

  it("lies within the file, whatever is asked", () => {
    const number = fc.option(fc.nat(40));
    fc.assert(
      fc.property(number, number, fc.nat(20), (first, last, length) => {
        const part = asked(`bytes=${first ?? ""}-${last ?? ""}`, undefined, length);
        if (part === undefined || part === "unsatisfiable") return;
        expect(part.first).toBeLessThanOrEqual(part.last);
        expect(part.last).toBeLessThan(length);
      }),
    );
  });
});
