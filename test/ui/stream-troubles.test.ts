import { describe, expect, it } from "vitest";
import { StreamTroubles } from "../../ui/player/stream-troubles.ts";

describe("A stream that cannot be had", () => {
  const courseOf = (...codes: readonly string[]) => {
    const troubles = new StreamTroubles();
    return codes.map((code, at) => troubles.courseOf({ code }, at * 20_000)).at(-1);
  };

  it("is tried again where that passes by itself, and why is said where a person can do something with it", () => {
    for (const code of ["device-silent", "not-found", "internal", "other"]) {
      expect(courseOf(code)).toEqual({ isOver: false, isTold: false });
    }
    expect(courseOf("home-away")).toEqual({ isOver: false, isTold: true });
  });

  it("is over where it was refused", () => {
    for (const code of ["bus-full", "not-granted", "session-required", "device-unavailable", "unknown-device"]) {
      expect(courseOf(code)).toMatchObject({ isOver: true });
    }
  });

  it("is not over when its device is not there yet, soon after the home was away", () => {
    expect(courseOf("home-away", "unknown-device")).toEqual({ isOver: false, isTold: true });
    expect(courseOf("home-away", "unknown-device", "unknown-device", "device-unavailable")).toMatchObject({
      isOver: true,
    });
  });
});
