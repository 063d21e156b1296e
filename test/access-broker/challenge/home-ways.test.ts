import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partsOf, requirementOf } from "../../../access-broker/challenge/home-ways.ts";

describe("What a home asks for, in the parts of a form", () => {
  it.each([
    ["password|passkey|key", { methods: "password|passkey|key", from: [], look: [] }],
    ["password+totp@10.0.0.0/8,tel:117", { methods: "password+totp", from: ["10.0.0.0/8", "tel:117"], look: [] }],
    ["passkey|view:@tel:117", { methods: "passkey", from: [], look: ["tel:117"] }],
  ])("is read from %s", (requirement, parts) => {
    expect(partsOf(requirement)).toEqual(parts);
    expect(requirementOf(parts)).toBe(requirement);
  });

  it.each(["password@10.0.0.0/8|passkey", "view:@tel:117|passkey", "passkey|view:@tel:1|view:@tel:2", "view:@tel:117"])(
    "is more than a form can say, or less: %s",
    (requirement) => expect(partsOf(requirement)).toBeUndefined(),
  );

  it("comes back as it was written, whatever it is", () => {
    const place = fc.constantFrom("192.0.2.0/24", "2001:db8::/32", "tel:+81312345678");
    const parts = fc.record({
      methods: fc.constantFrom("password", "password+totp|passkey", "key"),
      from: fc.array(place),
      look: fc.array(place),
    });
    fc.assert(
      fc.property(parts, (one) => {
        expect(partsOf(requirementOf(one))).toEqual(one);
      }),
    );
  });
});
