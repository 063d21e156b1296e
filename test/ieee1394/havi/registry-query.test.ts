import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../gateway-core/contract/json.ts";
import { attributesOf, matchesQuery } from "../../../gateway-core/ieee1394/havi/registry-query.ts";

const element = attributesOf([
  { name: "SE_TYPE", value: "VCR_FCM" },
  { name: "INTERFACE_ID", value: 7 },
  { name: "DEVICE_MODEL", value: "WV-H5" },
]);
const simple = (attribute: string, value: Json, operation: string): JsonObject => ({
  ...{ type: "SIMPLE", attribute, value, operation },
});

describe("A Registry query", () => {
  it.each([
    ["SE_TYPE", { octets: "" }, "ANY", true],
    ["SE_TYPE", "VCR_FCM", "EQU", true],
    ["SE_TYPE", "TUNER_FCM", "EQU", false],
    ["SE_TYPE", "TUNER_FCM", "NEQU", true],
    ["INTERFACE_ID", 6, "GT", true],
    ["INTERFACE_ID", 7, "GT", false],
    ["INTERFACE_ID", 7, "GE", true],
    ["INTERFACE_ID", 8, "LT", true],
    ["INTERFACE_ID", 7, "LE", true],
    ["INTERFACE_ID", 2, "BWA", true],
    ["INTERFACE_ID", 8, "BWA", false],
    ["INTERFACE_ID", { octets: "" }, "BWA", false],
    ["INTERFACE_ID", 0, "BWO", true],
    ["DEVICE_MODEL", "WV-H5", "SEQU", true],
    ["INTERFACE_ID", { octets: "00" }, "GT", true],
    ["INTERFACE_ID", { octets: "000700" }, "LT", true],
    ["USER_PREF_NAME", "x", "EQU", false],
    ["SE_TYPE", "VCR_FCM", "9999", false],
  ])("%s %j %s: %s", (attribute, value, operation, isFor) => {
    expect(matchesQuery(simple(attribute, value, operation), element)).toBe(isFor);
  });

  it("joins two by AND and OR", () => {
    const [yes, no] = [simple("SE_TYPE", "VCR_FCM", "EQU"), simple("SE_TYPE", "VCR_FCM", "NEQU")];
    const both = (query1: JsonObject, query2: JsonObject, operation: string) =>
      matchesQuery({ type: "COMPLEX", query1, query2, operation }, element);
    expect([both(yes, yes, "AND"), both(yes, no, "AND"), both(no, yes, "AND")]).toEqual([true, false, false]);
    expect([both(no, yes, "OR"), both(yes, no, "OR"), both(no, no, "OR")]).toEqual([true, true, false]);
  });

  it("that is none matches nothing, and one without a value is refused", () => {
    expect(matchesQuery(undefined, element)).toBe(false);
    expect(matchesQuery({}, element)).toBe(false);
    const without = { type: "SIMPLE", attribute: "SE_TYPE", operation: "EQU" };
    expect(() => matchesQuery(without, element)).toThrow(expect.objectContaining({ code: "value-invalid" }));
  });
});
