import { describe, expect, it } from "vitest";
import {
  assertCommunicationMethod,
  communicationMethods,
  parseCommunicationMethods,
} from "../../gateway-core/contract/communication-method.ts";

describe("The communication methods of a home", () => {
  it("are a closed list, written with commas", () => {
    expect(parseCommunicationMethods("mqtts, https")).toEqual(["https", "mqtts"]);
    expect(parseCommunicationMethods(communicationMethods.join())).toEqual(communicationMethods);
    for (const text of ["", "ftp", "https,", "HTTPS"]) {
      expect(() => parseCommunicationMethods(text), text).toThrow(expect.objectContaining({ code: "value-invalid" }));
    }
  });

  it("refuse what the home did not choose, and say what it did", () => {
    expect(() => assertCommunicationMethod(["https"], "https")).not.toThrow();
    expect(() => assertCommunicationMethod(["https"], "mqtts")).toThrow(
      expect.objectContaining({
        code: "communication-method-not-allowed",
        details: { method: "mqtts", allowed: ["https"] },
      }),
    );
  });
});
