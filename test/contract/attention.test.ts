import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isOlderVersion, parseAttention } from "../../gateway-core/contract/attention.ts";

const told = { version: "0.1.0", isLive: true, devices: 5, silent: 1, faulty: 0, unknown: 2 };

describe("What a home says of itself", () => {
  it("is read as it was told, and nothing beside it", () => {
    expect(parseAttention({ ...told, more: "<script>" })).toEqual(told);
    expect(parseAttention({ ...told, isLive: "yes" })).toEqual({ ...told, isLive: false });
  });

  it.each([
    undefined,
    null,
    [],
    "5",
    {},
    { ...told, devices: -1 },
    { ...told, silent: 0.5 },
    { ...told, faulty: "1" },
    { ...told, unknown: Number.MAX_SAFE_INTEGER + 2 },
    { ...told, version: "1.0" },
    { ...told, version: "1.0.0-beta" },
    { ...told, version: 1 },
  ])("is nothing when it is %j", (input) => {
    expect(parseAttention(input)).toBeUndefined();
  });

  it("never makes its reader fail", () => {
    fc.assert(fc.property(fc.anything(), (input) => void parseAttention(input)));
  });
});

describe("A version", () => {
  it.each([
    ["0.1.0", "0.1.1", true],
    ["0.9.9", "0.10.0", true],
    ["1.0.0", "0.9.9", false],
    ["1.2.3", "1.2.3", false],
    ["2.0.0", "10.0.0", true],
  ])("%s is before %s: %j", (version, than, isOlder) => {
    expect(isOlderVersion(version, than)).toBe(isOlder);
  });
});
