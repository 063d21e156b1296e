import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { parseStreamEnd, parseStreamHead } from "../../gateway-core/contract/media-link.ts";

const rung = { name: "high", height: 480, videoKbps: 800, audioKbps: 64 };
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (thrown) {
    return thrown instanceof HomeError ? thrown.code : String(thrown);
  }
};

describe("What a home says of a stream", () => {
  it("names the rungs there are, and nothing that a rung has not", () => {
    expect(parseStreamHead({ rungs: [{ ...rung, address: "192.168.0.2" }], rung: "high" })).toEqual({
      rungs: [rung],
      rung: "high",
    });
  });

  it.each([
    null,
    { rungs: rung, rung: "high" },
    { rungs: [], rung: "high" },
    { rungs: [rung], rung: "low" },
    { rungs: [rung, rung], rung: "high" },
    { rungs: [rung], rung: 1 },
    { rungs: [null], rung: "high" },
    { rungs: Array.from({ length: 9 }, (_, at) => ({ ...rung, name: `r${at}` })), rung: "r0" },
    { rungs: [{ ...rung, name: "<b>" }], rung: "<b>" },
    { rungs: [{ ...rung, height: -1 }], rung: "high" },
    { rungs: [{ ...rung, videoKbps: 1.5 }], rung: "high" },
    { rungs: [{ ...rung, audioKbps: "64" }], rung: "high" },
  ])("is refused when its head is %j", (head) =>
    expect(codeOf(() => parseStreamHead(head))).toBe("link-message-invalid"),
  );

  it("is a reason that a stream can have, with its values", () => {
    const error = parseStreamEnd({ code: "bus-full", message: "no room", inUse: ["deck"] });
    expect([error.code, error.message, error.details]).toEqual(["bus-full", "no room", { inUse: ["deck"] }]);
  });

  it("is a fault of its own when it claims what only the access broker may say", () => {
    for (const code of ["session-required", "login-again", "view-only", "no-such-code", 7]) {
      const error = parseStreamEnd({ code, message: "log in at evil.example", location: "https://evil.example" });
      expect([error.code, error.details]).toEqual(["conversion-failed", {}]);
    }
  });

  it.each([null, [], { code: "bus-full" }, { code: "bus-full", message: "x".repeat(501) }])(
    "is refused when its end is %j",
    (end) => expect(codeOf(() => parseStreamEnd(end))).toBe("link-message-invalid"),
  );
});
