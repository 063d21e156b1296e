import { describe, expect, it } from "vitest";
import { formatGateways, gatewaysOf } from "../../command/gateways-of.ts";

describe("The gateways that a descriptor is for", () => {
  it.each([
    ["home-gateway", { model: "home-gateway" }],
    ["home-gateway@0.2.0..1.0.0", { model: "home-gateway", from: "0.2.0", below: "1.0.0" }],
    ["home-gateway@0.2.0..", { model: "home-gateway", from: "0.2.0" }],
    ["*@..1.0.0", { below: "1.0.0" }],
  ])("are told as %s, and printed so", (told, range) => {
    expect(gatewaysOf(told)).toEqual(range);
    expect(formatGateways(range)).toBe(told);
  });

  it("are all when nobody is named", () => {
    expect(gatewaysOf(undefined)).toEqual({});
    expect(gatewaysOf("*")).toEqual({});
    expect(formatGateways({})).toBe("");
  });

  it.each(["", "@1.0.0..", "m@1.0.0", "m@1.0..2.0.0", "m@1.0.0..2.0.0 ", "m@n@1.0.0.."])(
    "are not told as %j",
    (told) => {
      expect(() => gatewaysOf(told)).toThrow(expect.objectContaining({ code: "usage" }));
    },
  );
});
