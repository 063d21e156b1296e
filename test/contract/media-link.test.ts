import { describe, expect, it } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import { parseStreamEnd, parseStreamHead, readMediaAsk } from "../../gateway-core/contract/media-link.ts";

const rung = { name: "high", height: 480, videoKbps: 800, audioKbps: 64 };
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (thrown) {
    return thrown instanceof HomeError ? thrown.code : String(thrown);
  }
};

describe("What the access broker asks for", () => {
  it("is a device, and where it is told a rung and one of the device's sounds", () => {
    for (const ask of [
      { device: "deck" },
      { device: "deck", rung: "low" },
      { device: "deck", rung: "low", audio: 2 },
    ]) {
      expect(readMediaAsk({ ...ask, more: true })).toEqual(ask);
    }
    for (const wrong of [{ audio: 0 }, { audio: 9 }, { audio: "2" }, { audio: 1.5 }, { rung: "<b>" }, { device: 7 }]) {
      expect(readMediaAsk({ device: "deck", ...wrong })).toBeUndefined();
    }
  });
});

describe("What a home says of a stream", () => {
  it("names the rungs there are, and nothing that a rung has not", () => {
    expect(parseStreamHead({ rungs: [{ ...rung, address: "192.168.0.2" }], rung: "high" })).toEqual({
      rungs: [rung],
      rung: "high",
      audioCount: 0,
    });
    expect(parseStreamHead({ rungs: [rung], rung: "high", audioCount: 2 }).audioCount).toBe(2);
  });

  it.each([
    null,
    { rungs: rung, rung: "high" },
    { rungs: [], rung: "high" },
    { rungs: [rung], rung: "low" },
    { rungs: [rung, rung], rung: "high" },
    { rungs: [rung], rung: 1 },
    { rungs: [rung], rung: "high", audioCount: 9 },
    { rungs: [rung], rung: "high", audioCount: "2" },
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
    expect(parseStreamEnd({ code: "stream-ended", message: "played to its end" }).code).toBe("stream-ended");
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
