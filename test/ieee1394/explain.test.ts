import { describe, expect, it } from "vitest";
import { ieee1394Explainer } from "../../gateway-core/ieee1394/explain.ts";

describe("What of IEEE 1394 can be explained", () => {
  it("is found by the name of its form", () => {
    expect(ieee1394Explainer("config-rom")?.("01080046")).toMatchObject({ vendorId: "080046" });
  });

  it("is nothing else, not even what every object has", () => {
    expect([ieee1394Explainer("echonet"), ieee1394Explainer("toString")]).toEqual([undefined, undefined]);
  });
});
