import { describe, expect, it } from "vitest";
import { Standstill } from "../../ui/player/standstill.ts";

describe("A picture that stands still", () => {
  /** What the device does, whether pictures moved until then, and when. */
  const seen = (...looks: readonly [doing: string, haveMoved: boolean, second: number][]): boolean => {
    const standstill = new Standstill();
    for (const [doing, haveMoved, second] of looks) standstill.look(doing, haveMoved, second * 1_000);
    return standstill.isOfDevice;
  };

  it("is the device's when it does something else than while pictures moved, said before it stood or after", () => {
    expect(seen(["play", true, 0], ["play", true, 9], ["pause", true, 10], ["pause", true, 11])).toBe(true);
    expect(seen(["play", true, 0], ["play", true, 9], ["play", false, 10], ["pause", false, 11])).toBe(true);
  });

  it("is the line's when the device does the same, and again when it does it anew", () => {
    expect(seen(["play", true, 0], ["play", true, 9], ["play", false, 12])).toBe(false);
    expect(seen(["play", true, 0], ["pause", true, 9], ["pause", false, 10], ["play", false, 12])).toBe(false);
  });

  it("is the line's when pictures have moved by what the device does for a while, whatever it did before", () => {
    expect(seen(["stop", true, 0], ["play", true, 1], ["play", true, 5], ["play", false, 6])).toBe(false);
    expect(seen(["stop", true, 0], ["play", true, 1], ["play", true, 5], ["stop", false, 6])).toBe(true);
  });

  it("is nobody's as long as none has moved", () => {
    expect(seen(["stop", false, 0], ["pause", false, 5])).toBe(false);
  });
});
