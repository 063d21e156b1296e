import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../gateway-core/bytes/hex.ts";
import { objectsToldIn, questionsToAll } from "../../gateway-core/echonet/lan-question.ts";

describe("A question to everyone", () => {
  it("asks each node profile for its instance list, once to be answered here and once to everyone", () => {
    expect(questionsToAll(0x1234).map(toHex)).toEqual(["1081123405ff010ef0016201d600", "1081123405ff010ef0016301d500"]);
  });

  it("is answered by a node profile that lists its objects", () => {
    for (const [esv, epc] of ["72d6", "73d5", "74d5"].map((both) => [both.slice(0, 2), both.slice(2)])) {
      expect(objectsToldIn(fromHex(`108100010ef00105ff01${esv}01${epc}0702013001029001`))).toEqual([
        0x013001, 0x029001,
      ]);
    }
  });

  it.each([
    ["a question", "1081000105ff010ef0016201d600"],
    ["a device", "108100010130010ef0017301800130"],
    ["a refusal", "108100010ef00105ff015201d600"],
    ["another property", "108100010ef00105ff017201800130"],
    ["an empty list", "108100010ef00105ff017201d600"],
    ["no frame", "deadbeef"],
  ])("is not answered by %s", (_what, hex) => {
    expect(objectsToldIn(fromHex(hex))).toBeUndefined();
  });

  it("bears whatever is heard", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => void objectsToldIn(octets)));
  });
});
